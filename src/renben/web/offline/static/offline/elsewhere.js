"use strict";
// On every other page of a device that keeps drafts: sends what waits, says what was not sent, and asks before a sign-out
// deletes it.
(() => {
  const Drafts = window.Drafts;
  const { store } = Drafts;
  const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";

  Drafts.say = (key, values = {}) => {
    const said = Drafts.kit?.words[key] ?? key;
    return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
  const element = (name, options = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), options);
    made.append(...inside);
    return made;
  };
  const kit = async () => { Drafts.kit ??= await (await fetch(`/offline/${language}/kit.json`)).json(); };

  /** Unsent drafts of the account that this device knows, and of nobody. */
  const mine = async () => {
    const { account } = await store.device();
    return (await store.unsent()).filter((row) => !row.account || row.account === account);
  };

  const banner = async () => {
    const rows = await mine();
    document.getElementById("drafts-banner")?.remove();
    if (!rows.length) return;
    const link = element("a", { href: Drafts.kit.addresses.page, textContent: Drafts.say("offline.js.banner_link") });
    const line = element("p", { className: "notice", id: "drafts-banner" }, `${Drafts.say("offline.js.banner", { n: rows.length })} `, link);
    line.setAttribute("role", "status");
    document.getElementById("main").prepend(line);
  };

  /** What is to become of unsent drafts: keep, delete or stay. */
  const ask = (rows) => new Promise((told) => {
    const until = new Date(Math.max(...rows.map((row) => row.until))).toLocaleDateString(language, { dateStyle: "medium" });
    const text = Drafts.say("offline.js.out.text", { n: rows.length, when: until });
    const box = element("dialog", { className: "box" }, element("h2", { id: "leave-title", textContent: Drafts.say("offline.js.out.title") }), element("p", { textContent: text }));
    const acts = [["keep", "primary"], ["delete", "danger"], ["stay", ""]].map(([what, className]) => {
      const made = element("button", { type: "button", className, textContent: Drafts.say(`offline.js.out.${what}`) });
      made.dataset.leave = what;
      made.addEventListener("click", () => box.close(what));
      return made;
    });
    box.append(element("p", { className: "actions" }, ...acts));
    box.setAttribute("aria-labelledby", "leave-title");
    box.addEventListener("close", () => { box.remove(); told(box.returnValue || "stay"); });
    document.body.append(box);
    box.showModal();
  });

  const leaving = async (event) => {
    const form = event.target;
    if (!form.matches("form[action='/account/logout/']") || form.dataset.asked) return;
    event.preventDefault();
    try {
      const rows = await mine();
      if (rows.length) await kit();
      const choice = rows.length ? await ask(rows) : "keep";
      if (choice === "stay") return;
      await store.leave(choice === "keep");
    } catch (error) { console.warn("drafts", error); } // nobody is kept signed in; what is there stays, encrypted
    form.dataset.asked = "1";
    form.submit();
  };

  const start = async () => {
    document.addEventListener("submit", leaving, true);
    if (/(?:^|; )drafts=out/.test(document.cookie)) {
      await store.leave(true);
      document.cookie = `drafts=on; path=/; max-age=${365 * 24 * 3600}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    }
    await store.purge();
    if (!(await store.unsent()).length) return;
    await kit();
    await Drafts.who().catch(() => null);
    document.addEventListener("drafts", banner);
    window.addEventListener("online", () => Drafts.sendAll("all"));
    await banner();
    await Drafts.sendAll("arrived");
  };
  start();
})();
