"""`python -m benchmarks [NAME ...]`: run benchmarks and write docs/performance.md anew."""

import datetime as dt
import importlib
import json
import sys

from benchmarks.harness import ROOT, Row, machine

GROUPS = (
    "contract",
    "plan_reader",
    "evaluation",
    "rules",
    "links",
    "web",
    "exchange",
    "projection",
    "projection_peer",
    "synthesis",
)
"""Modules of this folder that have `rows()`, one a line, in the order of the page."""
LONG = ("web_profiles", "web_large", "web_soak")
"""Groups that run only when they are named, and stand at the end of the page."""
STORE = ROOT / "docs" / "performance"
PAGE = ROOT / "docs" / "performance.md"
HEAD = """# Performance

Written by `python -m benchmarks` (or `make bench`). Every figure is measured beside a peer, a plain reference or a
physical limit in the same run; ratios travel between machines, seconds do not.
"""


def main(names: list[str]) -> None:
    """Run the named groups (all by default), keep the figures of the others, write the page."""
    unknown = [n for n in names if n not in GROUPS + LONG]
    if unknown:
        sys.exit(f"no benchmark {unknown[0]}; there are: {', '.join(GROUPS + LONG)}")
    STORE.mkdir(exist_ok=True)
    for name in names or GROUPS:
        print(f"{name} ...", flush=True)
        rows = []
        for row in _module(name).rows():
            print(f"  {row.what}: {row.ours}; {row.beside}; {row.ratio} {row.bar}", flush=True)
            rows.append(row)
        found = {
            "machine": machine(),
            "on": dt.date.today().isoformat(),
            "rows": [row.__dict__ for row in rows],
        }
        text = json.dumps(found, ensure_ascii=False, indent=1)
        (STORE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    stored = {n: STORE / f"{n}.json" for n in GROUPS + LONG if (STORE / f"{n}.json").is_file()}
    known = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in stored.items()}
    PAGE.write_text(page(known), encoding="utf-8")


def _module(name: str):
    try:
        return importlib.import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as missing:
        sys.exit(f"{name} needs {missing.name}: run `make bench`, or `pip install --group bench`, then again")


def page(known: dict) -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for name, group in known.items():
        parts.append(f"## {name}\n\nMeasured on {group['on']}: {group['machine']}.\n")
        parts.append(
            "| what | renben | beside it | ratio | bar | met |\n| --- | --- | --- | --- | --- | --- |"
        )
        parts += [_line(Row(**row)) for row in group["rows"]]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row) -> str:
    met = {True: "yes", False: "no", None: "—"}[row.met]
    return f"| {row.what} | {row.ours} | {row.beside} | {row.ratio} | {row.bar or '—'} | {met} |"


if __name__ == "__main__":
    main(sys.argv[1:])
