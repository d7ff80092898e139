"use strict";
// Pages work without this script. It keeps drafts, guards against double clicks and moves through tables by key.
// Security keys are the exception: what needs them stays hidden, and the way round them shown, until this has run.
(() => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    });
  }
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });

  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();

  const draft = document.querySelector("form[data-draft]");
  if (draft) {
    let timer = 0;
    const said = draft.querySelector("[data-saved]");
    const save = async () => {
      const data = new FormData(draft);
      data.delete("file");
      data.set("draft_key", crypto.randomUUID ? crypto.randomUUID() : String(performance.now()) + Math.random());
      try {
        const answer = await fetch(draft.dataset.draft, { method: "POST", body: data, credentials: "same-origin" });
        if (answer.ok && said) said.textContent = said.dataset.saved;
      } catch (error) { /* offline: the next keystroke tries again */ }
    };
    draft.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 1200); });
    draft.addEventListener("submit", () => clearTimeout(timer));
  }

  if (window.PublicKeyCredential) {
    for (const one of document.querySelectorAll("[data-with-keys]")) one.hidden = false;
    for (const one of document.querySelectorAll("[data-without-keys]")) one.hidden = true;
    document.addEventListener("allauth.error", () => {
      const failed = document.querySelector("[data-key-failed]");
      if (failed) { failed.hidden = false; failed.focus(); }
    });
  }

  if (/(?:^|; )drafts=/.test(document.cookie)) { // a device that keeps drafts while it is offline
    const { search } = new URL(document.currentScript.src);
    for (const name of ["store", "send", "elsewhere"]) {
      document.head.append(Object.assign(document.createElement("script"), { src: `/static/offline/${name}.js${search}`, async: false }));
    }
  }

  const table = document.querySelector("table[data-keys]");
  if (table) {
    const links = [...table.querySelectorAll("tbody a")];
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { j: 1, k: -1 }[event.key];
      if (!step || !links.length) return;
      const at = links.indexOf(document.activeElement);
      links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
    });
  }
})();
