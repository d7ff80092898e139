"""SQL from terms: one subquery per level, each shared term computed once.

Input are bound terms (no provisions left). Output is one SELECT that any of the dialects can run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from renben.engines.rules.binding import walk
from renben.engines.rules.dialects import Dialect
from renben.engines.rules.facts import Relation
from renben.engines.rules.rows import NOBODY
from renben.engines.rules.sql_terms import GATHER, LEAVES, WRITE, WRITTEN, bare, pointed, relation_names
from renben.engines.rules.terms import Term
from renben.engines.rules.types import INT


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
        self._bare = bare(terms)
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
        """Levels of the terms that become columns: links, what links gather, and what is used twice.

        Links that do not build on each other are put on one level, so that one join serves them all.
        """
        users = self._uses()
        gathered = {arg.number for term in self._order if term.kind == "link" for arg in term.args}
        columns = {t.number for t in self._order if t.kind not in LEAVES and users.get(t.number, 0) > 1}
        columns |= gathered | {t.number for t in self._order if t.kind == "link"}
        floors: dict[int, int] = {}
        while True:
            depth, highest = self._depths(columns, floors)
            if all(floors.get(stage) == level for stage, level in highest.items()):
                break
            floors = highest
        levels: dict[int, list[Term]] = {}
        for term in self._order:
            if term.number in columns and term.kind not in LEAVES:
                levels.setdefault(depth[term.number], []).append(term)
        return levels

    def _depths(self, columns: set[int], floors: Mapping[int, int]) -> tuple[dict[int, int], dict[int, int]]:
        """Level of every term, and the highest level of links of each stage (how deep links are nested)."""
        depth: dict[int, int] = {}
        stage: dict[int, int] = {}
        highest: dict[int, int] = {}
        for term in self._order:
            level = max((depth[arg.number] for arg in term.args), default=0)
            stage[term.number] = max((stage[arg.number] for arg in term.args), default=0)
            if term.kind == "link":
                stage[term.number] += 1
                level = max(level, floors.get(stage[term.number], 0) - 1)
                highest[stage[term.number]] = max(highest.get(stage[term.number], 0), level + 1)
            depth[term.number] = level + (term.number in columns and term.kind not in LEAVES)
        return depth, highest

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
            elif expression is None:
                expression = self._no_key(name)
            parts.append(f"{expression} AS {self.dialect.column(name)}")
        for number, name in ((t.number, t.data) for t in facts.values()):
            self.names[number] = self.dialect.column(name)
        return f"SELECT {', '.join(parts) or '1 AS one'} FROM {self.layout.table}"

    def _fact(self, term: Term, expression: str | None) -> str:
        if expression is None:
            return self.dialect.literal(None, term.type)
        return f"CAST({expression} AS BIGINT)" if term.type == INT else expression

    def _no_key(self, name: str) -> str:
        """A key the data do not have: who is related to whom is not known."""
        pointer = any(name in relation.pointers for relation in self.layout.relations.values())
        return f"CAST({NOBODY if pointer else 'NULL'} AS BIGINT)"

    def _key_columns(self) -> list[str]:
        keys = []
        for term in self._order:
            if term.kind == "link":
                relation = self.layout.relations[term.data[1]]
                keys += [relation.shared] if relation.shared else [relation.key, *relation.pointers]
        return keys

    def _level(self, below: str, terms: list[Term]) -> str:
        links = [term for term in terms if term.kind == "link"]
        here = [term for term in terms if term.kind != "link"]
        found = [
            self._joined(below, name, [t for t in links if t.data[1] == name])
            for name in relation_names(links)
        ]
        columns = [f"{self._write(t)} AS {self._name(t)}" for t in here]
        columns += [column for more, _ in found for column in more]
        joins = "".join(join for _, join in found)
        return f"SELECT p.*, {', '.join(columns)} FROM ({below}) AS p{joins}"

    def _joined(self, below: str, name: str, terms: list[Term]) -> tuple[list[str], str]:
        """Columns and join that bring what is gathered over a relation."""
        relation = self.layout.relations[name]
        return (self._share if relation.shared else self._follow)(below, relation, terms)

    def _name(self, term: Term) -> str:
        self.names[term.number] = self.dialect.column(f"_{term.number}")
        return self.names[term.number]

    def _share(self, below: str, relation: Relation, terms: list[Term]) -> tuple[list[str], str]:
        """Add up over the rows that share a key; without a key it stays unknown."""
        cte = f"k{len(self.ctes)}"
        key = self.dialect.column(relation.shared)
        sums = [
            f"{GATHER[t.data[0]].format(x=self.names[t.args[0].number])} AS _x{i}"
            for i, t in enumerate(terms)
        ]
        narrow = f"SELECT {key} AS _g, {', '.join(sums)} FROM ({below}) AS q WHERE {key} IS NOT NULL GROUP BY {key}"
        self.ctes.append(f"{cte} AS {self.dialect.stored}({narrow})")
        columns = [f"{cte}._x{i} AS {self._name(term)}" for i, term in enumerate(terms)]
        return columns, f" LEFT JOIN {cte} ON {cte}._g = p.{key}"

    def _follow(self, below: str, relation: Relation, terms: list[Term]) -> tuple[list[str], str]:
        """Look up the rows that id columns point to, once per pointer, in a narrow table of what they gather."""
        cte = f"k{len(self.ctes)}"
        quote = self.dialect.column
        gathered = list(dict.fromkeys(self.names[term.args[0].number] for term in terms))
        named = [f"{text} AS _x{i}" for i, text in enumerate(gathered)]
        narrow = f"SELECT {', '.join([f'{quote(relation.key)} AS _g', *named])} FROM ({below}) AS q"
        self.ctes.append(f"{cte} AS {self.dialect.stored}({narrow})")
        aliases = [f"{cte}_{i}" for i in range(len(relation.pointers))]
        joins = "".join(
            f" LEFT JOIN {cte} AS {alias} ON {alias}._g = p.{quote(pointer)}"
            for alias, pointer in zip(aliases, relation.pointers, strict=True)
        )
        columns = []
        for term in terms:
            x = f"_x{gathered.index(self.names[term.args[0].number])}"
            columns.append(f"{pointed(term.data[0], x, relation, quote, aliases)} AS {self._name(term)}")
        return columns, joins

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
