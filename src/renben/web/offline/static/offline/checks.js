"use strict";
// What can be found wrong without the service: the same rules as its forms, which look at everything once more.
// Pure: answers and the kit in, mistakes out, each {where, word}. See registry/identifiers.py and registry/forms.py.
(() => {
  const Drafts = (window.Drafts ??= {});
  const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const CHECK = "10X98765432";
  const PAPER = /^[0-9A-Z\u4e00-\u9fff\-/()]{4,30}$/;
  const NAME = /^[\p{L}\p{M}\p{Co}·•‧・.'’\-‐()（） ]+$/u;
  const PHONE = /^1[3-9][0-9]{9}$/;
  const FIRST_BIRTH = "1850-01-01";

  const text = (value) => String(value ?? "").trim();
  const folded = (number) => String(number ?? "").normalize("NFKC").trim().replaceAll(" ", "").toUpperCase();
  const checkDigit = (first) => CHECK[WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(first[at]), 0) % 11];

  /** A day as YYYY-MM-DD, empty where there is no such day. */
  const dayOf = (year, month, day) => {
    const found = new Date(Date.UTC(2000, month - 1, day));
    found.setUTCFullYear(year, month - 1, day);
    const fits = found.getUTCFullYear() === year && found.getUTCMonth() === month - 1 && found.getUTCDate() === day;
    return fits && year > 0 ? `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` : "";
  };

  const fits = (number, kind, kit) => {
    const compatriot = kit.compatriots.includes(number.slice(0, 6));
    if (kind === "compatriot") return compatriot;
    return kind === "foreign_2023" ? number[0] === "9" : number[0] !== "9" && !compatriot;
  };

  /** {number, error, birth, sex}: error is the form's code, empty for none. */
  const checkId = (typed, kind, today, kit) => {
    let number = folded(typed);
    if (kit.papers.includes(kind)) {
      const right = kind === "no_paper" ? !number : PAPER.test(number);
      return { number, error: right ? "" : kind, birth: "", sex: "" };
    }
    if (kind === "citizen" && /^[0-9]{15}$/.test(number)) {
      const first = `${number.slice(0, 6)}19${number.slice(6)}`;
      number = first + checkDigit(first);
    }
    if (!/^[0-9]{17}[0-9X]$/.test(number)) {
      return { number, error: [...number].length === 18 ? "E_DIGITS" : "E_LENGTH", birth: "", sex: "" };
    }
    const birth = dayOf(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)));
    let error = "";
    if (!birth || birth < FIRST_BIRTH || birth > today) error = "E_BIRTH";
    if (!fits(number, kind, kit)) error = "E_KIND";
    if (checkDigit(number) !== number[17]) error = "E_CHECK";
    return { number, error, birth, sex: Number(number[16]) % 2 ? "1" : "2" };
  };

  const person = (where, one, today, kit) => {
    const wrong = [], kind = one.document_kind;
    if (text(one.name) && !NAME.test(text(one.name).split(/\s+/).join(" "))) wrong.push({ where: `${where}.name`, word: "form.name" });
    if (!kind) return { wrong, birth: "", number: "" };
    if (!text(one.number) && kind !== "no_paper") {
      return { wrong: [...wrong, { where: `${where}.number`, word: "form.number.missing" }], birth: "", number: "" };
    }
    const found = checkId(one.number, kind, today, kit);
    if (found.error) wrong.push({ where: `${where}.number`, word: `form.number.${found.error}` });
    if (!kit.papers.includes(kind)) return { wrong, birth: found.birth, number: found.number };
    for (const name of ["sex", "birth"]) if (!text(one[name])) wrong.push({ where: `${where}.${name}`, word: "form.paper" });
    if (text(one.birth) > today) wrong.push({ where: `${where}.birth`, word: "form.birth" });
    return { wrong, birth: text(one.birth), number: found.number };
  };

  const lacking = (where, fields, names) =>
    names.filter((name) => !(typeof fields[name] === "boolean" ? fields[name] : text(fields[name]))).map((name) => ({ where: `${where}.${name}`, word: "form.empty" }));

  const phoneOf = (typed) => folded(typed).replaceAll("-", "").replace(/^\+86/, "");
  const phone = (where, typed) => (text(typed) && !PHONE.test(phoneOf(typed)) ? [{ where, word: "form.phone" }] : []);

  const same = (one, other) => (other.number ? one.kind === other.kind && one.number === other.number : one.name === other.name && one.birth === other.birth);

  const members = (answers, first, today, kit) => {
    const wrong = [], there = [first];
    for (const [at, one] of (answers.members ?? []).entries()) {
      const where = `members.${at}`, found = person(where, one, today, kit);
      const mine = [...lacking(where, one, kit.required.members), ...found.wrong];
      const known = { kind: one.document_kind, number: found.number, name: text(one.name), birth: found.birth };
      const twin = there.findIndex((other) => same(other, known));
      if (!mine.length && twin >= 0) mine.push({ where: `${where}.${known.number ? "number" : "name"}`, word: twin ? "form.member.twice" : "form.member.self" });
      there.push(known);
      wrong.push(...mine);
    }
    return wrong;
  };

  /** Mistakes of a household: `kind` is declaration or visit, `file` the proof that came along, if any. */
  const household = (answers, kind, today, kit, file) => {
    const told = (name) => answers[name] ?? {}, proxy = (told("identity").acting_as || "self") !== "self", wrong = [];
    for (const [name, names] of Object.entries(kit.required)) {
      if (!(name in answers) || name === "members" || (name === "counter" && kind !== "visit")) continue;
      if (name === "contact" && (proxy || kind === "visit")) continue;
      wrong.push(...lacking(name, told(name), names));
    }
    const first = person("identity", told("identity"), today, kit);
    wrong.push(...first.wrong, ...phone("contact.phone", told("contact").phone));
    const { hukou_kind: sort, hukou_region: county } = told("hukou");
    if (sort && sort !== kit.unregistered && !text(county)) wrong.push({ where: "hukou.hukou_region", word: "form.hukou_region" });
    const arrival = text(told("arrival").arrival);
    if (arrival > today) wrong.push({ where: "arrival.arrival", word: "form.future" });
    else if (arrival && first.birth && arrival < first.birth) wrong.push({ where: "arrival.arrival", word: "form.arrival.birth", values: { birth: first.birth } });
    if (!text(told("address").address) && !text(told("address").words)) wrong.push({ where: "address.address", word: "form.empty" });
    const known = { kind: told("identity").document_kind, number: first.number, name: text(told("identity").name), birth: first.birth };
    wrong.push(...members(answers, known, today, kit));
    const { proof_from: from, proof_to: to } = told("proof");
    if (text(from) && text(to) && to < from) wrong.push({ where: "proof.proof_to", word: "form.period" });
    if (proxy && !file) wrong.push({ where: "proof.file", word: "form.file.mandate" });
    return wrong;
  };

  const degrees = (typed, most) => /^[-+]?(\d+\.?\d*|\.\d+)$/.test(text(typed)) && Math.abs(Number(typed)) <= most;

  /** Mistakes of a report of a problem in the street. */
  const street = (answers, kit) => {
    const where = answers.where ?? {}, wrong = [];
    for (const name of ["what", "where", "words"]) wrong.push(...lacking(name, answers[name] ?? {}, kit.required[name]));
    for (const [name, most] of [["lat", 90], ["lon", 180]]) {
      if (text(where[name]) && !degrees(where[name], most)) wrong.push({ where: `where.${name}`, word: `form.${name}` });
    }
    const there = ["lat", "lon"].filter((name) => text(where[name]));
    if (there.length === 1) wrong.push({ where: there[0] === "lat" ? "where.lon" : "where.lat", word: "form.half_point" });
    if (!there.length && !text(where.place)) wrong.push({ where: "where.place", word: "form.no_place" });
    return [...wrong, ...phone("phone.phone", (answers.phone ?? {}).phone)];
  };

  /** The word for what is wrong with a file, empty for nothing; by its first bytes, never by its name. */
  const file = (head, size, pictureOnly, kit) => {
    if (!size) return "form.file.empty";
    if (size > kit.largest) return "form.file.large";
    const begins = (...bytes) => bytes.every((byte, at) => head[at] === byte);
    if (begins(0xff, 0xd8, 0xff) || begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "";
    if (!begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return "form.file.kind";
    return pictureOnly ? "form.file.picture" : "";
  };

  Object.assign(Drafts, { checkId, checkDigit, checks: { household, street, file } });
})();
