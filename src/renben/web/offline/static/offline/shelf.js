"use strict";
// The list of drafts on this device: what each is, where it stands, and what can be done with it.
(() => {
  const Drafts = (window.Drafts ??= {});
  const { store } = Drafts;
  const byId = (id) => document.getElementById(id);
  const TONE = { draft: "open", waiting: "warn", sending: "warn", accepted: "good", refused: "refused", expired: "refused" };
  const SOON = 3 * 24 * 3600 * 1000;

  const element = (name, options = {}, ...inside) => {
    const made = Object.assign(document.createElement(name), options);
    made.append(...inside);
    return made;
  };
  const moment = (at) => new Date(at).toLocaleString(Drafts.kit.language, { dateStyle: "medium", timeStyle: "short" });
  const day = (at) => new Date(at).toLocaleDateString(Drafts.kit.language, { dateStyle: "medium" });
  const button = (word, act, className = "small") => {
    const made = element("button", { type: "button", className, textContent: Drafts.say(word) });
    made.addEventListener("click", act);
    return made;
  };

  /** Ask in a dialog; whether the answer was yes. */
  const sure = (text, yes, no) => new Promise((told) => {
    const box = byId("sure"), [agree, decline] = [box.querySelector("[data-yes]"), box.querySelector("[data-no]")];
    byId("sure-text").textContent = text;
    agree.textContent = yes;
    decline.textContent = no;
    agree.onclick = () => box.close("yes");
    decline.onclick = () => box.close("");
    box.onclose = () => told(box.returnValue === "yes");
    box.returnValue = "";
    box.showModal();
    decline.focus();
  });

  const remove = async (row) => {
    const open = store.UNSENT.includes(row.state);
    const word = row.attempts && row.state !== "refused" ? "offline.js.delete_tried" : "offline.js.delete_sure";
    if (open && !(await sure(Drafts.say(word), Drafts.say("offline.js.yes"), Drafts.say("offline.js.no")))) return false;
    await store.remove([row.id]);
    return true;
  };

  const heldText = (row) => {
    if (row.state !== "waiting" || !row.held) return [];
    const line = element("p", { className: "quiet" }, Drafts.say(`offline.js.held.${row.held}`, { when: moment(row.next) }));
    if (row.held === "sign_in") {
      line.append(element("a", { href: `${Drafts.kit.addresses.login}?next=${encodeURIComponent(location.pathname)}`, textContent: Drafts.say("offline.js.sign_in") }));
    }
    return [line];
  };

  const accepted = async (row) => {
    const found = row.sealed ? await store.read(row).catch(() => null) : null;
    const number = element("p", {}, `${Drafts.say("offline.js.number")} `, element("strong", { className: "num", textContent: row.number ?? "" }));
    const lines = [number, element("p", { className: "quiet", textContent: Drafts.say("offline.js.taken", { when: moment(row.taken) }) })];
    if (found?.code) lines.push(element("p", {}, Drafts.say("offline.js.code", { code: found.code })), element("p", {}, element("a", { href: Drafts.kit.addresses.follow, textContent: Drafts.say("offline.js.follow") })));
    if (row.link) lines.push(element("p", {}, element("a", { href: row.link, textContent: Drafts.say(row.kind === "visit" ? "offline.js.slip" : "offline.js.see") })));
    return lines;
  };

  const linesOf = async (row, mine) => {
    const begun = element("p", { className: "quiet" }, Drafts.say("offline.js.begun", { when: moment(row.begun) }));
    return [begun, ...(await below(row, mine, begun))];
  };

  /** What stands below the moment at which it was begun, and beside it how long it is kept. */
  const below = async (row, mine, begun) => {
    if (!mine) return [element("p", { className: "quiet", textContent: Drafts.say("offline.js.held.other") })];
    if (row.state === "accepted") return accepted(row);
    if (row.state === "expired") return [element("p", { className: "quiet", textContent: Drafts.say("offline.js.gone") })];
    const soon = row.until - Date.now() < SOON;
    const kept = Drafts.say(soon ? "offline.js.soon" : "offline.js.until", { when: day(row.until) });
    begun.append(" · ", element("span", { className: soon ? "late" : "", textContent: kept }));
    return heldText(row);
  };

  const actsOf = (row, mine) => {
    const acts = [];
    if (mine && store.OPEN.includes(row.state)) acts.push(button(row.state === "refused" ? "offline.js.mend" : "offline.js.open", () => Drafts.editor.open(row)));
    if (mine && row.state === "waiting" && !row.attempts) acts.push(button("offline.js.back", () => store.change(row.id, ["waiting"], { state: "draft" })));
    const unsent = store.UNSENT.includes(row.state);
    if (row.state !== "sending") acts.push(button(unsent ? "offline.js.delete" : "offline.js.remove", () => remove(row), unsent ? "small danger" : "small"));
    return acts;
  };

  const lineOf = async (row, account) => {
    const mine = !row.account || row.account === account;
    const head = element("h3", {}, Drafts.say(`offline.js.kind.${row.kind}`), " ", element("span", { className: `tag ${TONE[row.state]}`, textContent: Drafts.say(`offline.js.state.${row.state}`) }));
    const acts = element("p", { className: "actions" }, ...actsOf(row, mine));
    const line = element("li", { className: "box" }, head, ...(await linesOf(row, mine)), acts);
    line.dataset.draft = row.id;
    line.dataset.state = row.state;
    return line;
  };

  let drawing = Promise.resolve();
  const drawNow = async () => {
    const rows = await store.list(), { account, may } = await store.device();
    byId("drafts").replaceChildren(...(await Promise.all(rows.map((row) => lineOf(row, account)))));
    byId("none").hidden = rows.length > 0;
    byId("send-row").hidden = !rows.some((row) => row.state === "waiting");
    for (const one of document.querySelectorAll("[data-new]")) one.hidden = one.dataset.new !== "report" && !(account && may.includes(one.dataset.new));
    byId("sign-in-first").hidden = Boolean(account);
    byId("lists").hidden = !may.some((one) => one !== "report");
  };
  /** Draw the list anew, one drawing after the other. */
  const draw = () => (drawing = drawing.then(drawNow, drawNow));

  /** Hide the list while a draft is open in its form. */
  const hide = (hidden) => {
    byId("ready").hidden = hidden;
    byId("editor").hidden = !hidden;
    if (!hidden) draw();
  };

  Drafts.shelf = { draw, hide, remove, sure };
})();
