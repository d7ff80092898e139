"use strict";
// Sends what waits: when the network comes back, when a page opens, when somebody asks, and again after a while where there
// was no answer. The draft's id is its one-time key, so a lost answer is asked for again and never makes a second case.
(() => {
  const Drafts = (window.Drafts ??= {});
  const LONGEST = 3600 * 1000, FIRST = 15 * 1000, PATIENCE = 60 * 1000, DAY = 24 * 3600 * 1000;
  const WAITS = ["waiting", "sending"];
  const WHO = "/offline/who/";
  const DOORS = { declaration: "/offline/send/declaration/", visit: "/offline/send/visit/", report: "/offline/send/report/" };
  let timer = 0;

  const asJson = async (response) => ((response.headers.get("Content-Type") ?? "").startsWith("application/json") ? response.json() : null);

  /** Who is signed in, with a fresh form token; remembers the account for drafts that are begun without a network. */
  const who = async () => {
    const response = await fetch(WHO, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    const said = response.ok ? await asJson(response) : null;
    if (!said) throw new TypeError(`who: ${response.status}`);
    const known = await Drafts.store.device();
    const offset = Math.round((Date.parse(said.day) - Date.parse(Drafts.dayHere())) / DAY);
    const account = said.account ? { account: said.account, may: said.may } : {};
    await Drafts.store.remember({ ...known, ...account, offset });
    return said;
  };

  /** The day on this device as YYYY-MM-DD; with the difference to the service's, as it was last told, the service's. */
  Drafts.dayHere = (offset = 0, at = Date.now()) => {
    const day = new Date(at + offset * DAY);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part, n) => String(part).padStart(n ? 2 : 4, "0")).join("-");
  };

  /** How long to wait after a number of tries in vain (milliseconds): twice as long each time, a little by chance. */
  const pause = (tries) => Math.min(FIRST * 2 ** Math.min(tries, 12), LONGEST) * (0.75 + Math.random() / 2);

  /** Back to waiting. Only what may get an answer by itself is tried again by the clock; the rest waits for something to happen. */
  const later = (row, held, seconds = 0) => {
    const tries = row.tries ?? 0, wait = held === "later" ? (seconds ? seconds * 1000 : pause(tries)) : LONGEST;
    return Drafts.store.change(row.id, WAITS, { state: "waiting", held, tries: tries + 1, next: Date.now() + wait });
  };

  const refused = async (row, content, mistakes, problem) => {
    const next = await Drafts.store.change(row.id, WAITS, { state: "refused", held: "" });
    if (next) await Drafts.store.keep(next, { ...content, mistakes, problem });
  };

  const taken = (row, said) => {
    const known = { state: "accepted", held: "", number: said.number, link: said.link, taken: Date.now(), coded: Boolean(said.code) };
    return Drafts.store.end(row, known, said.code ? { code: said.code } : null);
  };

  /** What an answer means for a draft. */
  const settle = async (row, content, response) => {
    const said = await asJson(response).catch(() => null), { status } = response;
    if (response.type === "opaqueredirect") return later(row, "sign_in");
    if (response.ok && said) return taken(row, said);
    if (status === 409 && said) return later(row, "other");
    if (said) return refused(row, content, said.mistakes ?? [], said.problem ?? "");
    if (status === 403) return later(row, "forbidden");
    if (status === 429 || status >= 500) return later(row, "later", Number(response.headers.get("Retry-After")) || 0);
    return refused(row, content, [], Drafts.say("offline.js.status", { status }));
  };

  const bodyOf = async (row, content, offset) => {
    const body = new FormData(), bytes = await Drafts.store.file(row);
    const fields = { key: row.id, account: row.account, language: content.language, draft: JSON.stringify(content.sends),
                     begun: new Date(row.begun + offset * DAY).toISOString() };
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    if (bytes) body.set("file", new Blob([bytes], { type: content.file.type }), content.file.name);
    return body;
  };

  const one = async (found, token, offset) => {
    const row = await Drafts.store.change(found.id, WAITS, { state: "sending", held: "", attempts: found.attempts + 1 });
    if (!row) return;
    const content = await Drafts.store.read(row).catch(() => null);
    if (!content) { await later(row, "broken"); return; }
    try {
      const response = await fetch(DOORS[row.kind], {
        method: "POST", body: await bodyOf(row, content, offset), headers: { "X-CSRFToken": token }, credentials: "same-origin",
        redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
      });
      await settle(row, content, response);
    } catch {
      await later(row, navigator.onLine ? "later" : "away"); // whether it arrived is not known: the same key asks again
    }
  };

  const run = async (how) => {
    const due = (row) => WAITS.includes(row.state) && (how === "all" || !(row.next > Date.now()) || (how === "arrived" && row.held !== "later"));
    const rows = (await Drafts.store.list()).filter(due).reverse();
    if (!rows.length) return;
    let said = null;
    try {
      said = await who();
    } catch {
      for (const row of rows) await later(row, navigator.onLine ? "later" : "away");
      return;
    }
    const { offset } = await Drafts.store.device();
    for (const row of rows) {
      if (row.account && row.account !== said.account) await later(row, said.account ? "other" : "sign_in");
      else await one(row, said.token, offset);
    }
  };

  const plan = async () => {
    clearTimeout(timer);
    const waiting = (await Drafts.store.list()).filter((row) => WAITS.includes(row.state));
    if (!waiting.length) return;
    const next = Math.min(...waiting.map((row) => row.next ?? 0));
    timer = setTimeout(() => sendAll("due"), Math.min(Math.max(next - Date.now(), 1000), LONGEST));
  };

  /** Send what waits: `all`, what is `due`, or where a page has just `arrived` also what waited for a sign-in. One tab at a time. */
  const sendAll = async (how) => {
    const locked = (lock) => (lock ? run(how) : null);
    if (navigator.locks) await navigator.locks.request("renben-drafts-send", how === "all" ? {} : { ifAvailable: true }, locked);
    else await run(how);
    await plan();
  };

  Object.assign(Drafts, { sendAll, who, isOn: () => /(?:^|; )drafts=(?:on|out)/.test(document.cookie) });
})();
