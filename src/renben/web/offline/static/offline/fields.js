"use strict";
// Between the forms of the page and a draft: reads what stands in them, fills them, and shows mistakes at their fields.
// A field is called QUESTION-NAME, in the list of persons members-NUMBER-NAME; a mistake stands at question.name.
(() => {
  const Drafts = (window.Drafts ??= {});
  const TEXTS = ["id", "for", "name", "aria-describedby", "href"];

  const valueOf = (fields, one) => {
    if (one.type === "checkbox") return one.checked;
    if (one.type === "radio") return one.checked ? one.value : fields ?? "";
    return one.value;
  };

  const readInto = (box, prefix) => {
    const found = {};
    for (const one of box.querySelectorAll(`[name^="${prefix}-"]`)) {
      const name = one.name.slice(prefix.length + 1);
      if (one.type !== "file") found[name] = valueOf(found[name], one);
    }
    return found;
  };

  /** Everything that stands in a form: question -> fields, and the list of members. */
  const read = (form) => {
    const answers = {};
    for (const box of form.querySelectorAll("[data-question]")) {
      const name = box.dataset.question;
      if (box.hidden) continue;
      if (name === "members") answers.members = [...box.querySelectorAll("[data-member]")].map((one, at) => readInto(one, `members-${at}`));
      else answers[name] = readInto(box, name);
    }
    return answers;
  };

  const put = (box, prefix, fields) => {
    for (const one of box.querySelectorAll(`[name^="${prefix}-"]`)) {
      const value = fields[one.name.slice(prefix.length + 1)];
      if (one.type === "file") one.value = "";
      else if (one.type === "checkbox") one.checked = value === true;
      else if (one.type === "radio") one.checked = one.value === value;
      else one.value = value ?? (one.tagName === "SELECT" ? one.options[0].value : "");
    }
  };

  const addMember = (form, fields = {}) => {
    const list = form.querySelector("#members"), at = list.children.length;
    const fresh = form.querySelector("#member").content.cloneNode(true);
    for (const one of fresh.querySelectorAll("*")) {
      for (const text of TEXTS) if (one.hasAttribute(text)) one.setAttribute(text, one.getAttribute(text).replaceAll("members-N", `members-${at}`));
    }
    fresh.querySelector("legend").textContent = Drafts.say("offline.js.member", { n: at + 1 });
    list.append(fresh);
    put(list.children[at], `members-${at}`, fields);
    return list.children[at];
  };

  const fillMembers = (form, members) => {
    form.querySelector("#members")?.replaceChildren();
    for (const one of members ?? []) addMember(form, one);
  };

  const fill = (form, answers) => {
    for (const box of form.querySelectorAll("[data-question]")) {
      const name = box.dataset.question;
      if (name === "members") fillMembers(form, answers.members);
      else put(box, name, answers[name] ?? {});
    }
  };

  /** Show what is asked of this kind of draft only, and of somebody who acts for another. */
  const suit = (form, kind) => {
    const acting = form.querySelector("[name='identity-acting_as']:checked");
    const proxy = Boolean(acting) && acting.value !== "self";
    for (const one of form.querySelectorAll("[data-only]")) one.hidden = one.dataset.only === "visit" ? kind !== "visit" : !proxy;
  };

  const SPECIAL = { notice: "notice-notice", address: "address-words", "address.address": "address-words" };
  const controlOf = (form, where) => {
    const name = SPECIAL[where] ?? where.replaceAll(".", "-");
    return form.querySelector(`[name="${CSS.escape(name)}"]`) ?? form.querySelector(`[name^="${CSS.escape(name)}-"]`);
  };

  const clear = (form, problems) => {
    problems.replaceChildren();
    for (const one of form.querySelectorAll(".wrong")) one.classList.remove("wrong");
    for (const one of form.querySelectorAll("p.error")) one.remove();
    for (const one of form.querySelectorAll("[aria-invalid]")) {
      const hints = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && !id.startsWith("mistake-"));
      one.removeAttribute("aria-invalid");
      if (hints.length) one.setAttribute("aria-describedby", hints.join(" "));
      else one.removeAttribute("aria-describedby");
    }
  };

  const labelOf = (box) => box?.querySelector("legend, label:not(.choice), .choice span")?.firstChild?.textContent.trim() ?? "";

  const point = (control, why, at) => {
    const box = control.closest("[data-field]") ?? control.closest(".field") ?? control.parentElement;
    const error = document.createElement("p");
    error.className = "error";
    error.id = `mistake-${at}`;
    error.textContent = why;
    const before = box.querySelector(":scope > .choices, :scope > input, :scope > select, :scope > textarea, :scope > label.choice, :scope > fieldset");
    box.classList.add("wrong");
    box.insertBefore(error, before);
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${error.id}`.trim());
    if (!control.id) control.id = `mistaken-${at}`;
    return box;
  };

  /** Show mistakes, each {where, why}: a list above with links, and each at its field. */
  const show = (form, problems, mistakes, title, problem = "") => {
    clear(form, problems);
    if (!mistakes.length && !problem) return;
    const box = document.createElement("div"), head = document.createElement("h3"), list = document.createElement("ul");
    Object.assign(box, { className: "problem", tabIndex: -1 });
    box.setAttribute("role", "alert");
    head.textContent = title;
    box.append(head);
    if (problem) box.append(Object.assign(document.createElement("p"), { textContent: problem }));
    for (const [at, { where, why }] of mistakes.entries()) {
      const item = document.createElement("li"), control = controlOf(form, where);
      if (control) {
        const whose = control.closest("[data-member]")?.querySelector("legend").textContent ?? "";
        const label = [whose, labelOf(point(control, why, at))].filter(Boolean).join(" · "), link = document.createElement("a");
        link.href = `#${control.id}`;
        link.textContent = label ? `${label}${Drafts.say("colon")}${why}` : why;
        link.addEventListener("click", (event) => { event.preventDefault(); control.focus(); });
        item.append(link);
      } else item.textContent = why;
      list.append(item);
    }
    if (mistakes.length) box.append(list);
    problems.append(box);
    box.focus();
  };

  Drafts.fields = { read, fill, fillMembers, addMember, suit, show, clear };
})();
