"use strict";
// One draft in its form: opened, kept while somebody types, checked and put into the queue.
(() => {
  const Drafts = (window.Drafts ??= {});
  const { fields, checks, store } = Drafts;
  const byId = (id) => document.getElementById(id);
  const SIDE = 2560, HEAD = 16;
  let row = null, content = null, timer = 0, busy = Promise.resolve();

  const formOf = (kind) => byId(kind === "report" ? "street" : "household");
  const fileField = () => formOf(row.kind).querySelector(row.kind === "report" ? "[name='check-photo']" : "[name='proof-file']");
  const dayNow = async () => Drafts.dayHere((await store.device()).offset);
  const say = (text) => { byId("saved").textContent = text; };

  /** What stands in the form; a notice that was ticked is kept with the version that was read. */
  const gather = () => {
    const answers = fields.read(formOf(row.kind));
    if (answers.notice) answers.notice.version = answers.notice.notice ? Drafts.kit.notice : "";
    return { ...content, answers, language: Drafts.kit.language };
  };

  /** In the shape in which the door takes it. */
  const shaped = (answers) => (answers.notice ? { ...answers, notice: answers.notice.version } : answers);

  const keepNow = async () => {
    if (!row) return false;
    const next = await store.keep(row, gather()).catch(() => undefined);
    if (!next) { say(Drafts.say(next === null ? "offline.js.elsewhere" : "offline.js.not_saved")); return false; }
    row = next;
    content = await store.read(row);
    say(Drafts.say("offline.js.saved", { when: new Date().toLocaleTimeString(Drafts.kit.language) }));
    return true;
  };
  /** Keep what stands there, one after the other. */
  const keep = () => { clearTimeout(timer); return (busy = busy.then(keepNow, keepNow)); };

  const showFile = () => {
    const field = fileField(), box = field.closest(".field");
    box.querySelector("[data-file]")?.remove();
    if (!content.file) return;
    const line = document.createElement("p"), drop = document.createElement("button");
    line.dataset.file = "";
    line.textContent = `${Drafts.say("offline.js.file", { name: content.file.name, size: Math.ceil(content.file.size / 1000) })} `;
    Object.assign(drop, { type: "button", className: "small", textContent: Drafts.say("offline.js.remove") });
    drop.addEventListener("click", async () => { content.file = null; await store.dropFile(row.id); showFile(); await keep(); });
    line.append(drop);
    box.append(line);
  };

  /** A picture that is too large is drawn smaller, since a phone's are; what was written into it goes with that. */
  const smaller = async (file) => {
    if (!/^image\/(jpeg|png)$/.test(file.type)) return file;
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture || (file.size <= Drafts.kit.largest && picture.width * picture.height <= Drafts.kit.pixels)) return file;
    const share = Math.min(1, SIDE / Math.max(picture.width, picture.height)), sheet = document.createElement("canvas");
    sheet.width = Math.round(picture.width * share);
    sheet.height = Math.round(picture.height * share);
    sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
    const drawn = await new Promise((yes) => sheet.toBlob(yes, "image/jpeg", 0.85));
    return new File([drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  };

  const takeFile = async (field) => {
    const chosen = field.files[0] ? await smaller(field.files[0]) : null;
    field.value = "";
    if (!chosen) return;
    const bytes = await chosen.arrayBuffer();
    const word = checks.file(new Uint8Array(bytes.slice(0, HEAD)), bytes.byteLength, row.kind === "report", Drafts.kit);
    const where = row.kind === "report" ? "check.photo" : "proof.file";
    if (word) { problems([{ where, why: Drafts.say(word) }]); return; }
    await store.keepFile(row, bytes);
    content.file = { name: chosen.name, type: chosen.type, size: bytes.byteLength };
    showFile();
    await keep();
  };

  const problems = (mistakes, title = "offline.js.problem", problem = "") =>
    fields.show(formOf(row.kind), byId("problems"), mistakes, Drafts.say(title), problem);

  const addressSaid = async () => {
    const form = byId("household"), words = form.elements["address-words"], region = form.elements["place-region"].value;
    const list = (await store.lists()).find((one) => one.region === region), typed = words.value.trim();
    const near = (list?.items ?? []).filter(([, text]) => text.includes(typed)).slice(0, 50);
    byId("address-list").replaceChildren(...near.map(([, text]) => Object.assign(document.createElement("option"), { value: text })));
    const hit = (list?.items ?? []).find(([, text]) => text === typed);
    form.elements["address-address"].value = hit ? hit[0] : "";
    byId("address-said").textContent = typed ? Drafts.say(hit ? "offline.js.address.known" : "offline.js.address.free") : "";
  };

  const found = (answers, today) => {
    const wrong = row.kind === "report" ? checks.street(answers, Drafts.kit) : checks.household(answers, row.kind, today, Drafts.kit, content.file);
    return wrong.map(({ where, word, values }) => ({ where, why: Drafts.say(word, values) }));
  };

  /** Check on the device; into the queue where nothing is wrong. */
  const finish = async () => {
    if (!(await keep())) return;
    const mistakes = found(content.answers, await dayNow());
    if (mistakes.length) { problems(mistakes); return; }
    const done = { ...content, mistakes: [], problem: "", sends: shaped(content.answers) };
    const next = await store.keep(row, done, { state: "waiting", held: "", next: 0, tries: 0 });
    if (!next) { say(Drafts.say("offline.js.elsewhere")); return; }
    close();
    await Drafts.sendAll("all");
  };

  const open = async (chosen) => {
    row = chosen;
    content = await store.read(row).catch(() => null);
    if (!content) { row = null; await Drafts.shelf.draw(); return; }
    if (content.answers.notice && content.answers.notice.version !== Drafts.kit.notice) content.answers.notice.notice = false;
    for (const one of ["household", "street"]) byId(one).hidden = byId(one) !== formOf(row.kind);
    fields.fill(formOf(row.kind), content.answers);
    fields.suit(formOf(row.kind), row.kind);
    byId("editor-title").textContent = Drafts.say(`offline.js.kind.${row.kind}`);
    Drafts.shelf.hide(true);
    say("");
    showFile();
    if (row.kind !== "report") await addressSaid();
    history.replaceState(null, "", `#${row.id}`);
    byId("editor-title").focus();
    problems(content.mistakes ?? [], "offline.js.problem_server", content.problem ?? "");
  };

  const close = () => {
    row = content = null;
    history.replaceState(null, "", location.pathname);
    Drafts.shelf.hide(false);
    byId("shelf-title").focus();
  };

  const begin = async (kind) => {
    const { account, may } = await store.device();
    const owner = kind !== "report" || may.includes("report") ? account : "";
    await open(await store.begin(kind, owner, { answers: {}, file: null, mistakes: [], language: Drafts.kit.language }, Drafts.kit.days));
  };

  const typed = (event) => {
    if (event.target.type === "file") return;
    if (event.target.name === "identity-acting_as") fields.suit(formOf(row.kind), row.kind);
    if (["place-region", "address-words"].includes(event.target.name)) addressSaid();
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  };

  const removeMember = async (button) => {
    const answers = fields.read(byId("household"));
    answers.members.splice([...byId("members").children].indexOf(button.closest("[data-member]")), 1);
    fields.fillMembers(byId("household"), answers.members);
    byId("member-add").focus();
    await keep();
  };

  const locate = (box) => {
    const said = box.querySelector("[role=status]"), form = byId("street");
    said.textContent = said.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements["where-lat"].value = coords.latitude.toFixed(5);
      form.elements["where-lon"].value = coords.longitude.toFixed(5);
      said.textContent = said.dataset.done;
      keep();
    }, () => { said.textContent = said.dataset.failed; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  };

  const start = () => {
    for (const form of [byId("household"), byId("street")]) {
      form.addEventListener("input", typed);
      form.addEventListener("submit", (event) => { event.preventDefault(); finish(); });
      for (const field of form.querySelectorAll("[type=file]")) field.addEventListener("change", () => takeFile(field));
    }
    byId("members").addEventListener("click", (event) => { if (event.target.matches("[data-remove]")) removeMember(event.target); });
    byId("member-add").addEventListener("click", () => fields.addMember(byId("household")).querySelector("select, input").focus());
    byId("finish").addEventListener("click", finish);
    for (const one of document.querySelectorAll("[data-leave]")) one.addEventListener("click", async () => { await keep(); close(); });
    byId("delete").addEventListener("click", async () => { const gone = row; if (await Drafts.shelf.remove(gone)) close(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && row) keep(); });
    byId("locate").hidden = !("geolocation" in navigator);
    byId("locate").querySelector("button").addEventListener("click", () => locate(byId("locate")));
  };

  Drafts.editor = { start, open, begin, isOpen: () => Boolean(row) };
})();
