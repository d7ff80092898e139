"use strict";
// Drafts on this device, in IndexedDB. What somebody wrote, and a file that goes with it, is sealed with AES-GCM under a key
// that cannot be read out of the browser; beside it stands only what says nothing about a person: kind, state, days, number.
(() => {
  const Drafts = (window.Drafts ??= {});
  const DATABASE = "renben-drafts", DAY = 24 * 3600 * 1000;
  const OPEN = ["draft", "refused"], UNSENT = ["draft", "refused", "waiting", "sending"];
  let opening = null;

  const answer = (request) => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

  const open = () => (opening ??= new Promise((yes, no) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => {
      for (const name of ["keys", "device"]) asked.result.createObjectStore(name);
      for (const name of ["drafts", "files"]) asked.result.createObjectStore(name, { keyPath: "id" });
      asked.result.createObjectStore("lists", { keyPath: "region" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); opening = null; };
      asked.result.onclose = () => { opening = null; };
      yes(asked.result);
    };
    asked.onerror = () => { opening = null; no(asked.error); };
  }));

  /** Run in one transaction over some stores; it is kept when the promise resolves. */
  const work = async (names, mode, run) => {
    const done = (await open()).transaction(names, mode, { durability: "strict" });
    const ended = new Promise((yes, no) => {
      done.oncomplete = yes;
      done.onabort = done.onerror = () => no(done.error);
    });
    const [result] = await Promise.all([run(...names.map((name) => done.objectStore(name))), ended]);
    return result;
  };
  const get = (name, key) => work([name], "readonly", (rows) => answer(rows.get(key)));

  const key = async () => {
    const known = await get("keys", "drafts");
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    return work(["keys"], "readwrite", async (keys) => {
      const there = await answer(keys.get("drafts")); // another tab was faster
      if (!there) await answer(keys.put(made, "drafts"));
      return there ?? made;
    });
  };

  const bound = (row, what) => new TextEncoder().encode(`${row.id}|${row.kind}|${row.account}|${what}`);
  const seal = async (row, what, bytes) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(row, what) }, await key(), bytes) };
  };
  const unseal = async (row, what, { iv, data }) =>
    crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bound(row, what) }, await key(), data);
  const sealed = (row, content) => seal(row, "content", new TextEncoder().encode(JSON.stringify(content)));

  const told = () => {
    document.dispatchEvent(new Event("drafts"));
    if ("BroadcastChannel" in window) {
      const others = new BroadcastChannel(DATABASE);
      others.postMessage("drafts");
      others.close();
    }
  };

  /** A new draft; its id is the one-time key under which it is sent, however often. */
  const begin = async (kind, account, content, days) => {
    const now = Date.now(), row = { id: crypto.randomUUID(), kind, account, state: "draft", begun: now, until: now + days * DAY, attempts: 0, revision: 0 };
    row.sealed = await sealed(row, content);
    await work(["drafts"], "readwrite", (drafts) => answer(drafts.add(row)));
    told();
    return row;
  };

  const read = async (row) => JSON.parse(new TextDecoder().decode(await unseal(row, "content", row.sealed)));

  /** Change a draft while it is in one of some states; null where it is not, or not there. */
  const change = async (id, states, patch, revision = null) => {
    const row = await work(["drafts"], "readwrite", async (drafts) => {
      const found = await answer(drafts.get(id));
      if (!found || !states.includes(found.state) || (revision !== null && found.revision !== revision)) return null;
      const next = { ...found, ...patch, revision: found.revision + 1 };
      await answer(drafts.put(next));
      return next;
    });
    if (row) told();
    return row;
  };

  /** Keep what was written; null where the draft is on its way, or was changed in another tab. */
  const keep = async (row, content, patch = {}) => change(row.id, OPEN, { sealed: await sealed(row, content), ...patch }, row.revision);

  const keepFile = async (row, bytes) => {
    const one = { id: row.id, ...(await seal(row, "file", bytes)) };
    return work(["files"], "readwrite", (files) => answer(files.put(one)));
  };
  const dropFile = (id) => work(["files"], "readwrite", (files) => answer(files.delete(id)));
  const file = async (row) => {
    const found = await get("files", row.id);
    return found ? unseal(row, "file", found) : null;
  };

  /** It came to an end: the content goes at once, but for what is sealed anew, such as a code to follow it. */
  const end = async (row, patch, left = null) => {
    const kept = left === null ? null : await sealed(row, left);
    await work(["drafts", "files"], "readwrite", async (drafts, files) => {
      const found = await answer(drafts.get(row.id));
      if (found) await answer(drafts.put({ ...found, ...patch, sealed: kept, revision: found.revision + 1 }));
      await answer(files.delete(row.id));
    });
    told();
  };

  const remove = async (ids) => {
    await work(["drafts", "files"], "readwrite", (drafts, files) =>
      Promise.all(ids.flatMap((id) => [answer(drafts.delete(id)), answer(files.delete(id))])));
    told();
  };

  const list = async () => (await work(["drafts"], "readonly", (drafts) => answer(drafts.getAll()))).sort((a, b) => b.begun - a.begun);
  const unsent = async () => (await list()).filter((row) => UNSENT.includes(row.state));

  /** What is too old: the content of unsent drafts goes and the entry says so; entries that only say so go later. */
  const purge = async (now = Date.now()) => {
    for (const row of await list()) {
      if (row.until > now) continue;
      if (UNSENT.includes(row.state)) await end(row, { state: "expired", until: now + 14 * DAY });
      else await remove([row.id]);
    }
  };

  const device = async () => (await get("device", "device")) ?? { account: "", may: ["report"], offset: 0 };
  const remember = (facts) => work(["device"], "readwrite", (rows) => answer(rows.put(facts, "device")));
  const lists = () => work(["lists"], "readonly", (rows) => answer(rows.getAll()));
  const keepList = (found) => work(["lists"], "readwrite", (rows) => answer(rows.put(found)));

  /** Somebody signs out: what is left of that account's sent drafts goes; where nothing is to be kept, its unsent ones and nobody's, too. */
  const leave = async (keep) => {
    const known = await device();
    const own = (row) => row.account !== "" && row.account === known.account;
    const goes = (row) => (keep ? own(row) && !UNSENT.includes(row.state) : own(row) || row.account === "");
    await remove((await list()).filter(goes).map((row) => row.id));
    await remember({ ...known, account: "", may: ["report"] });
  };

  const exists = async () => "databases" in indexedDB && (await indexedDB.databases()).some((one) => one.name === DATABASE);

  /** Everything on this device: drafts, files, key, lists, the kept page, its worker and the cookie. */
  const wipe = async () => {
    await work(["keys", "drafts", "files", "device", "lists"], "readwrite", (...all) => Promise.all(all.map((rows) => answer(rows.clear()))));
    (await open()).close();
    opening = null;
    await answer(indexedDB.deleteDatabase(DATABASE));
    for (const name of await caches.keys()) if (name.startsWith("renben-drafts-")) await caches.delete(name);
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
    document.cookie = "drafts=; path=/; max-age=0; samesite=lax";
  };

  Drafts.store = { open, key, begin, read, change, keep, keepFile, dropFile, file, end, remove, list, unsent, purge, device,
                   remember, lists, keepList, leave, exists, wipe, OPEN, UNSENT };
})();
