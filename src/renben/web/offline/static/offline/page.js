"use strict";
// Starts the page of drafts: turned off it explains, turned on it lists, edits and sends.
(() => {
  const Drafts = window.Drafts;
  const { store, shelf, editor } = Drafts;
  const byId = (id) => document.getElementById(id);
  const main = byId("main");

  Drafts.say = (key, values = {}) => {
    const said = Drafts.kit?.words[key] ?? key;
    return said.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };

  const theme = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
  if (theme) document.documentElement.dataset.theme = theme[1];

  const able = () => window.isSecureContext && "serviceWorker" in navigator && "indexedDB" in window && Boolean(crypto.subtle);

  const net = async (said = null) => {
    const { account } = Drafts.isOn() ? await store.device() : { account: "" };
    const words = [Drafts.say(navigator.onLine && said ? "offline.js.net.on" : "offline.js.net.off")];
    if (said) words.push(Drafts.say(said.account ? "offline.js.net.account" : "offline.js.net.nobody"));
    if (account && !said?.account) words.push(Drafts.say("offline.js.net.last"));
    byId("net").textContent = words.join(" · ");
  };

  /** Ask who is signed in, and say so; null without a network. */
  const contact = async () => {
    const said = await Drafts.who().catch(() => null);
    await net(said);
    return said;
  };

  const cookie = async (token) => {
    const body = new URLSearchParams({ drafts: "on" });
    const response = await fetch(Drafts.kit.addresses.device, { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin" });
    if (!response.ok) throw new TypeError(`device: ${response.status}`);
  };

  const turnOn = async () => {
    const said = byId("turn-said");
    try {
      await store.key();
      const { token } = await Drafts.who();
      await navigator.serviceWorker.register(Drafts.kit.addresses.worker, { scope: "/", updateViaCache: "none" });
      await navigator.serviceWorker.ready;
      await cookie(token);
    } catch {
      said.textContent = Drafts.say("offline.js.off_failed");
      return;
    }
    await navigator.storage?.persist?.();
    byId("turn").hidden = true;
    await ready();
    byId("shelf-title").focus();
  };

  const turnOff = async () => {
    const { dataset } = byId("sure-text"), [yes, no] = ["[data-yes]", "[data-no]"].map((one) => byId("sure").querySelector(one).dataset.off);
    if (!(await shelf.sure(dataset.off, yes, no))) return;
    await store.wipe();
    location.replace(location.pathname);
  };

  const listsSaid = async () => {
    const names = (await store.lists()).map((one) => one.name).join(" · ");
    byId("lists-said").textContent = names ? Drafts.say("offline.js.lists.kept", { names }) : "";
  };

  const keepList = async () => {
    const select = byId("lists-region"), said = byId("lists-said");
    if (!select.value) return;
    const name = select.selectedOptions[0].textContent;
    const address = `${Drafts.kit.addresses.addresses}?region=${encodeURIComponent(select.value)}`;
    const response = await fetch(address, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (!response?.ok) { said.textContent = Drafts.say("offline.js.lists.failed"); return; }
    const found = await response.json();
    await store.keepList({ region: select.value, name, items: found.items, at: Date.now() });
    if (found.more) said.textContent = Drafts.say("offline.js.lists.more", { name, n: found.items.length });
    else await listsSaid();
  };

  const ready = async () => {
    if (/(?:^|; )drafts=out/.test(document.cookie)) { // somebody signed out where no script of ours could ask
      await store.leave(true);
      document.cookie = `drafts=on; path=/; max-age=${365 * 24 * 3600}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    }
    await store.purge();
    byId("ready").hidden = false;
    byId("persisted").textContent = Drafts.say((await navigator.storage?.persisted?.()) ? "offline.js.persist" : "offline.js.no_persist");
    byId("lists-region").replaceChildren(...[...byId("household").elements["place-region"].children].map((one) => one.cloneNode(true)));
    await listsSaid();
    await contact();
    await shelf.draw();
    const meant = (await store.list()).find((row) => `#${row.id}` === location.hash && store.OPEN.includes(row.state));
    const { account } = await store.device();
    if (meant && (!meant.account || meant.account === account)) await editor.open(meant);
    await Drafts.sendAll("arrived");
  };

  const listen = () => {
    document.addEventListener("drafts", () => { if (!editor.isOpen()) shelf.draw(); });
    if ("BroadcastChannel" in window) new BroadcastChannel("renben-drafts").onmessage = () => { if (!editor.isOpen()) shelf.draw(); };
    window.addEventListener("online", async () => { await contact(); await Drafts.sendAll("all"); });
    window.addEventListener("offline", () => net());
    byId("turn-on").addEventListener("click", turnOn);
    byId("turn-off").addEventListener("click", turnOff);
    byId("send-all").addEventListener("click", () => Drafts.sendAll("all"));
    byId("lists-keep").addEventListener("click", keepList);
    for (const one of document.querySelectorAll("[data-new]")) one.addEventListener("click", () => editor.begin(one.dataset.new));
  };

  const start = async () => {
    if (!able()) { byId("unable").hidden = false; return; }
    Drafts.kit = await (await fetch(main.dataset.kit)).json();
    editor.start();
    listen();
    if (Drafts.isOn()) await ready();
    else if (await store.exists().catch(() => false)) await turnOn(); // the cookie went, the drafts are still there
    else byId("turn").hidden = false;
    main.dataset.started = "";
  };
  start().catch((error) => {
    console.warn("drafts", error);
    byId("unable").hidden = false;
  });
})();
