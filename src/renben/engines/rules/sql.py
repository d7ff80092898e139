"""SQL from terms: one subquery per level, each shared term computed once.

Input are bound terms (no provisions left). Output is one SELECT that any of the dialects can run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from renben.engines.rules.binding import walk
from renben.engines.rules.dialects import Dialect
from renben.engines.rules.facts import Relation
from renben.engines.rules.kernel import SATURATE, Regional
from renben.engines.rules.terms import Term, make
from renben.engines.rules.types import DATE, INT

LEAVES = frozenset({"const", "fact"})
SHIFTS = {"add_months": "shift_months", "add_days": "shift_days"}
WRITTEN = {("if", 0): 2, ("min", -1): 2, ("max", -1): 2, ("saturated", -1): 2}
"""How often a node writes the text of an argument (-1: of any); once where it is not said."""


@dataclass(frozen=True)
class Layout:
    """Where facts are found.

    Args:
        table: SQL text of the source (a table name or a subquery).
        columns: SQL expression per fact and per key column; a fact that is not listed is unknown for everybody.
        relations: how rows find related rows.
    """

    table: str
    columns: Mapping[str, str]
    relations: Mapping[str, Relation] = field(default_factory=dict)


class Writer:
    """Writes the levels for a set of bound terms.

    Args:
        terms: bound terms that will be used in the final SELECT.
        layout: where facts are found.
        dialect: the engine's dialect.
        keep: further source columns to carry to the last level.
    """

    def __init__(
        self, terms: Sequence[Term], layout: Layout, dialect: Dialect, keep: Sequence[str] = ()
    ) -> None:
        """Decide which terms become columns, and on which level."""
        self.layout = layout
        self.dialect = dialect
        self.keep = list(dict.fromkeys(keep))
        self.names: dict[int, str] = {}
        self.ctes: list[str] = []
        self._bare = _bare(terms)
        self._outputs = [self._bare[term.number] for term in terms]
        self._order = walk(self._outputs)
        self._levels = self._assign()

    def _uses(self) -> dict[int, int]:
        """How often the text of each term will be written."""
        users: dict[int, int] = {}
        for term in self._outputs:
            users[term.number] = users.get(term.number, 0) + 1
        for term in self._order:
            for i, arg in enumerate(term.args):
                users[arg.number] = users.get(arg.number, 0) + WRITTEN.get(
                    (term.kind, i), WRITTEN.get((term.kind, -1), 1)
                )
        return users

    def _assign(self) -> dict[int, list[Term]]:
        """Levels of the terms that become columns: links, what links gather, and what is used twice."""
        users = self._uses()
        gathered = {arg.number for term in self._order if term.kind == "link" for arg in term.args}
        depth: dict[int, int] = {}
        levels: dict[int, list[Term]] = {}
        for term in self._order:
            below = max((depth[arg.number] for arg in term.args), default=0)
            column = term.kind == "link" or term.number in gathered or users.get(term.number, 0) > 1
            if column and term.kind not in LEAVES:
                below += 1
                levels.setdefault(below, []).append(term)
            depth[term.number] = below
        return levels

    def source(self) -> str:
        """The nested subquery on which the final SELECT runs."""
        text = self._base()
        for level in sorted(self._levels):
            text = self._level(text, self._levels[level])
        return text

    def _base(self) -> str:
        facts = {t.data: t for t in self._order if t.kind == "fact"}
        keys = self._key_columns()
        parts = []
        for name in dict.fromkeys([*facts, *keys, *self.keep]):
            expression = self.layout.columns.get(name)
            if name in facts:
                expression = self._fact(facts[name], expression)
            parts.append(f"{expression} AS {self.dialect.column(name)}")
        for number, name in ((t.number, t.data) for t in facts.values()):
            self.names[number] = self.dialect.column(name)
        return f"SELECT {', '.join(parts) or '1 AS one'} FROM {self.layout.table}"

    def _fact(self, term: Term, expression: str | None) -> str:
        if expression is None:
            return self.dialect.literal(None, term.type)
        return f"CAST({expression} AS BIGINT)" if term.type == INT else expression

    def _key_columns(self) -> list[str]:
        keys = []
        for term in self._order:
            if term.kind == "link":
                relation = self.layout.relations[term.data[1]]
                keys += [relation.shared] if relation.shared else [relation.key, *relation.pointers]
        return keys

    def _level(self, below: str, terms: list[Term]) -> str:
        pointing = [t for t in terms if t.kind == "link" and self.layout.relations[t.data[1]].pointers]
        here = [t for t in terms if t not in _Set(pointing)]
        text = below
        if here:
            columns = ", ".join(f"{self._definition(t)} AS {self._name(t)}" for t in here)
            text = f"SELECT *, {columns} FROM ({text}) AS q"
        for relation in dict.fromkeys(t.data[1] for t in pointing):
            same = [t for t in pointing if t.data[1] == relation]
            text = self._follow(text, self.layout.relations[relation], same)
        return text

    def _name(self, term: Term) -> str:
        self.names[term.number] = self.dialect.column(f"_{term.number}")
        return self.names[term.number]

    def _definition(self, term: Term) -> str:
        if term.kind != "link":
            return self._write(term)
        key = self.dialect.column(self.layout.relations[term.data[1]].shared)
        gathered = GATHER[term.data[0]].format(
            x=self.names[term.args[0].number], over=f"OVER (PARTITION BY {key})"
        )
        return f"CASE WHEN {key} IS NOT NULL THEN {gathered} END"

    def _follow(self, below: str, relation: Relation, terms: list[Term]) -> str:
        """Join the rows that id columns point to, once per pointer."""
        cte = f"s{len(self.ctes)}"
        self.ctes.append(f"{cte} AS ({below})")
        quote = self.dialect.column
        joins = "".join(
            f" LEFT JOIN {cte} AS m{i} ON m{i}.{quote(relation.key)} = p.{quote(pointer)}"
            for i, pointer in enumerate(relation.pointers)
        )
        columns = []
        for term in terms:
            x = self.names[term.args[0].number]
            columns.append(f"{_pointed(term.data[0], x, relation, quote)} AS {self._name(term)}")
        return f"SELECT p.*, {', '.join(columns)} FROM {cte} AS p{joins}"

    def write(self, term: Term) -> str:
        """SQL text of a term, using the columns of the levels."""
        term = self._bare.get(term.number, term)
        return self.names.get(term.number) or self._write(term)

    def _write(self, term: Term) -> str:
        if term.kind == "const":
            return self.dialect.literal(term.data, term.type)
        if term.kind == "fact":
            return self.dialect.column(term.data)
        return WRITE[term.kind](self, term, [self.write(arg) for arg in term.args])


def _bare(terms: Sequence[Term]) -> dict[int, Term]:
    """Shifts split into the bare shift and its saturation, which comparisons with a day of this world can skip."""
    done: dict[int, Term] = {}
    for each in walk(terms):
        args = tuple(done[arg.number] for arg in each.args)
        if each.kind in SHIFTS:
            bare = make(SHIFTS[each.kind], DATE, args)
            done[each.number] = make("saturated", DATE, (args[0], bare))
        elif each.kind in ("le", "lt") and any(_worldly(arg) for arg in args):
            args = tuple(arg.args[1] if arg.kind == "saturated" else arg for arg in args)
            done[each.number] = make(each.kind, each.type, args)
        else:
            same = all(new is old for new, old in zip(args, each.args, strict=True))
            done[each.number] = each if same else make(each.kind, each.type, args, each.data)
    return done


def _worldly(term: Term) -> bool:
    return term.kind == "const" and term.data is not None and term.type == DATE and term.data < SATURATE


def _never_unknown(term: Term) -> bool:
    """Whether a truth cannot be unknown, so that ELSE is safe."""
    return term.kind == "known" or (term.kind == "otherwise" and term.args[1].kind == "const")


def _if(writer: Writer, term: Term, a: list[str]) -> str:
    condition = term.args[0]
    if (
        condition.kind == "otherwise"
        and condition.args[1].kind == "const"
        and condition.args[1].data is False
    ):
        return f"CASE WHEN {writer.write(condition.args[0])} THEN {a[1]} ELSE {a[2]} END"
    if _never_unknown(condition):
        return f"CASE WHEN {a[0]} THEN {a[1]} ELSE {a[2]} END"
    return f"CASE WHEN {a[0]} THEN {a[1]} WHEN NOT {a[0]} THEN {a[2]} END"


def _divide(writer: Writer, term: Term, a: list[str]) -> str:
    by = term.args[1]
    text = a[1] if by.kind == "const" and by.data else f"NULLIF({a[1]}, 0)"
    return writer.dialect.divide.format(a=a[0], b=text)


class _Set:
    """Membership by identity, since == on terms makes a term."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._numbers = {t.number for t in terms}

    def __contains__(self, term: object) -> bool:
        return isinstance(term, Term) and term.number in self._numbers


_ONES = "CASE WHEN {x} THEN 1 WHEN NOT {x} THEN 0 END"
_WHOLE = "count({x}) {over} = count(*) {over}"
GATHER = {
    "sum": f"CASE WHEN {_WHOLE} THEN CAST(sum({{x}}) {{over}} AS BIGINT) END",
    "first": f"CASE WHEN {_WHOLE} THEN min({{x}}) {{over}} END",
    "count": f"CASE WHEN {_WHOLE} THEN CAST(sum({_ONES}) {{over}} AS BIGINT) END",
    "any": f"CASE WHEN max({_ONES}) {{over}} = 1 THEN TRUE WHEN {_WHOLE} THEN FALSE END",
}


def _pointed(how: str, x: str, relation: Relation, quote: Callable[[str], str]) -> str:
    """Gathering over a handful of pointers: those that are null do not exist; a row not found is unknown."""
    found = [f"m{i}.{x}" for i in range(len(relation.pointers))]
    absent = [f"p.{quote(pointer)} IS NULL" for pointer in relation.pointers]
    whole = " AND ".join(f"({a} OR {f} IS NOT NULL)" for a, f in zip(absent, found, strict=True))
    if how == "any":
        return f"CASE WHEN {' OR '.join(found)} THEN TRUE WHEN {whole} THEN FALSE END"
    if how == "first":
        return f"CASE WHEN {whole} THEN LEAST({', '.join(found)}, DATE '9999-12-31') END"
    one = "{f}" if how == "sum" else _ONES.replace("{x}", "{f}")
    total = " + ".join(f"COALESCE({one.format(f=f)}, 0)" for f in found)
    return f"CASE WHEN {whole} THEN CAST({total} AS BIGINT) END"


def _table(writer: Writer, term: Term, args: list[str]) -> str:
    regional: Regional = term.data
    branches = [f"WHEN {args[0]} IS NULL THEN {writer.dialect.literal(None, term.type)}"]
    for low, high, value in regional.spans:
        test = f"= {low}" if low == high else f"BETWEEN {low} AND {high}"
        branches.append(f"WHEN {args[0]} {test} THEN {writer.dialect.literal(value, term.type)}")
    return f"CASE {' '.join(branches)} ELSE {writer.dialect.literal(regional.default, term.type)} END"


def _infix(sign: str) -> Callable[[Writer, Term, list[str]], str]:
    return lambda _, __, args: "(" + f" {sign} ".join(args) + ")"


def _extreme(sign: str) -> Callable[[Writer, Term, list[str]], str]:
    return lambda _, __, a: (
        f"CASE WHEN {a[0]} {sign} {a[1]} THEN {a[0]} WHEN {a[1]} {sign} {a[0]} THEN {a[1]} END"
    )


WRITE: dict[str, Callable[[Writer, Term, list[str]], str]] = {
    "and": _infix("AND"),
    "or": _infix("OR"),
    "not": lambda _, __, a: f"(NOT {a[0]})",
    "known": lambda _, __, a: f"({a[0]} IS NOT NULL)",
    "otherwise": lambda _, __, a: f"COALESCE({', '.join(a)})",
    "le": _infix("<="),
    "lt": _infix("<"),
    "eq": _infix("="),
    "in": lambda _, t, a: f"({a[0]} IN ({', '.join(map(str, t.data))}))",
    "add": _infix("+"),
    "sub": _infix("-"),
    "mul": _infix("*"),
    "div": _divide,
    "min": _extreme("<="),
    "max": _extreme(">="),
    "shift_months": lambda w, _, a: w.dialect.months.format(day=a[0], n=a[1]),
    "shift_days": lambda w, _, a: w.dialect.days.format(day=a[0], n=a[1]),
    "saturated": lambda w, _, a: w.dialect.saturated(a[0], a[1]),
    "days_between": lambda w, _, a: w.dialect.between.format(first=a[0], last=a[1]),
    "month_index": lambda _, __, a: (
        f"CAST(EXTRACT(YEAR FROM {a[0]}) * 12 + EXTRACT(MONTH FROM {a[0]}) - 1 AS BIGINT)"
    ),
    "if": _if,
    "area": lambda w, t, a: f"({w.dialect.divide.format(a=a[0], b=t.data)} * {t.data})",
    "table": _table,
}


def rows_query(outputs: Mapping[str, Term], keys: Sequence[str], layout: Layout, dialect: Dialect) -> str:
    """One row per person: the key columns and every output."""
    writer = Writer(list(outputs.values()), layout, dialect, keys)
    source = writer.source()
    columns = [dialect.column(key) for key in keys]
    columns += [f"{writer.write(term)} AS {dialect.column(name)}" for name, term in outputs.items()]
    return _with(writer) + f"SELECT {', '.join(columns)} FROM ({source}) AS q"


def groups_query(
    outputs: Mapping[str, Term],
    groups: Sequence[str],
    layout: Layout,
    dialect: Dialect,
    computed: Mapping[str, Term] | None = None,
    unknowns: bool = True,
) -> str:
    """One row per group: how many people, for truths how many are true and unknown, for numbers the sum.

    Args:
        outputs: terms to count or add up.
        groups: key columns to group by.
        layout: where facts are found.
        dialect: the engine's dialect.
        computed: terms to group by, by column name.
        unknowns: whether to count where a truth is unknown, too.
    """
    made = computed or {}
    truths = [term for term in outputs.values() if unknowns and term.type.name == "bool"]
    writer = Writer([*outputs.values(), *made.values(), *truths], layout, dialect, groups)
    source = writer.source()
    quoted = [dialect.column(group) for group in groups]
    columns = quoted + [f"{writer.write(term)} AS {dialect.column(name)}" for name, term in made.items()]
    columns.append(f"count(*) AS {dialect.column('people')}")
    for name, term in outputs.items():
        columns += _aggregates(name, writer.write(term), term, dialect, unknowns)
    by = quoted + [writer.write(term) for term in made.values()]
    grouping = f" GROUP BY {', '.join(by)}" if by else ""
    return _with(writer) + f"SELECT {', '.join(columns)} FROM ({source}) AS q{grouping}"


def _aggregates(name: str, text: str, term: Term, dialect: Dialect, unknowns: bool) -> list[str]:
    if term.type.name == "bool":
        yes = f"count(CASE WHEN {text} THEN 1 END) AS {dialect.column(name)}"
        return [yes, f"count(*) - count({text}) AS {dialect.column(name + '?')}"] if unknowns else [yes]
    return [f"CAST(COALESCE(sum({text}), 0) AS BIGINT) AS {dialect.column(name)}"]


def _with(writer: Writer) -> str:
    return f"WITH {', '.join(writer.ctes)} " if writer.ctes else ""
