"""Treat alike: what newcomers must show that people registered here need not.

Carries out: the plan (equal housing security); spec of the equality index E = 1 - extra conditions / all conditions.
Conditions count equally (our default). Only stable employment may be asked of newcomers alone (MoHURD Order 11, art. 7).
Not modelled: differences in practice, such as documents asked for.
"""

from collections.abc import Iterable

from renben.engines.rules.binding import rebuild, walk
from renben.engines.rules.casefiles import condition_leaves
from renben.engines.rules.loading import LoadedBook
from renben.engines.rules.terms import Term, const
from renben.engines.rules.types import BOOL

LOCAL = "local_hukou"
ALLOWED = frozenset({"stable_job_since"})
Condition = tuple[frozenset[str], Term]


def with_truth(term: Term, condition: Term, truth: bool) -> Term:
    """The term where a condition is known to hold or not to hold."""
    done: dict[int, Term] = {}
    for each in walk([term]):
        if each.number == condition.number:
            done[each.number] = const(truth, BOOL)
        elif each.row_free or each.kind in ("fact", "regional"):
            done[each.number] = each
        else:
            done[each.number] = rebuild(each, [done[arg.number] for arg in each.args])
    return done[term.number]


def conditions(book: LoadedBook, rule: str, local: bool) -> dict[int, Condition]:
    """Conditions of a decision for people registered here, or for newcomers, by node."""
    term = with_truth(book.rules[rule].term, book.rules[LOCAL].term, local)
    return {leaf.number: (_facts(leaf), leaf) for leaf in condition_leaves(term) if leaf.kind != "const"}


def _facts(term: Term) -> frozenset[str]:
    """Facts a condition reads (not the place by which provisions differ)."""
    places = {t.args[0].number for t in walk([term]) if t.kind == "regional"}
    return frozenset(str(t.data) for t in walk([term]) if t.kind == "fact" and t.number not in places)


def extra_conditions(book: LoadedBook, rule: str) -> list[Condition]:
    """Conditions newcomers meet and locals do not: the facts each reads, and the condition."""
    mine = conditions(book, rule, local=True)
    return [found for number, found in conditions(book, rule, local=False).items() if number not in mine]


def equality_index(book: LoadedBook, rule: str) -> float:
    """Equality of a decision for newcomers and locals: 1 - extra conditions / all conditions of newcomers (0-1)."""
    every = conditions(book, rule, local=False)
    return 1.0 if not every else 1 - len(extra_conditions(book, rule)) / len(every)


def unequal(book: LoadedBook, rules: Iterable[str]) -> list[str]:
    """Extra conditions for newcomers that no rule of the State allows, one line each (E_UNEQUAL)."""
    found = []
    for rule in rules:
        for facts, _ in extra_conditions(book, rule):
            more = sorted(facts - ALLOWED)
            if more:
                found.append(
                    f"E_UNEQUAL: {rule} asks newcomers for {', '.join(more)}, which locals need not show"
                )
    return found
