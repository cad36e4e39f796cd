"""The language of conditions: what is left of one when some of the questions are answered.

A condition (`when`, `requires`) is read once into a formula: True, False, None (somebody does not know),
or what still waits for an answer: ("is", question, values), ("all", formulas) or ("not", formula).
`given` puts one answer in and simplifies, in Kleene's three-valued logic; asked again, it remembers.
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import cache

from knowledge.schema import When

Formula = bool | None | tuple

DECIDED = ("conditions", "items", "materials", "fields", "steps", "notes", "mistakes")  # sections of a guide whose lines have a `when`
_KNOWN: dict[int, tuple[When, Formula]] = {}
_MOST = 100_000
UNSURE = "unsure"  # the answer 「不清楚」
UNASKED = ""  # stands for the answer to a question that does not apply: it matches nothing


def read(when: When) -> Formula:
    """The formula of a condition: all pairs must hold, a list means any of its values.

    A guide's conditions never change, so each is recognised as the object it is.
    """
    known = _KNOWN.get(id(when))
    if known is None or known[0] is not when:
        if len(_KNOWN) >= _MOST:
            _KNOWN.clear()
        known = _KNOWN[id(when)] = when, _read(_frozen(when))
    return known[1]


@cache
def given(formula: Formula, question: str, answer: str) -> Formula:
    """What is left of a formula when a question has this answer (an option, UNSURE or UNASKED)."""
    if formula is None or isinstance(formula, bool):
        return formula
    kind, first, *rest = formula
    if kind == "is":
        return formula if first != question else None if answer == UNSURE else answer in rest[0]
    if kind == "not":
        return negation(given(first, question, answer))
    return every(given(part, question, answer) for part in first)


@cache
def asks(formula: Formula) -> frozenset[str]:
    """The questions whose answers could still decide a formula."""
    if formula is None or isinstance(formula, bool):
        return frozenset()
    kind, first, *_ = formula
    if kind == "is":
        return frozenset([first])
    return asks(first) if kind == "not" else frozenset().union(*map(asks, first))


def every(formulas: Iterable[Formula]) -> Formula:
    """All of them hold."""
    parts = set()
    for formula in formulas:
        parts |= formula[1] if isinstance(formula, tuple) and formula[0] == "all" else {formula}
    if False in parts or any(negation(part) in parts for part in parts if part is not None):
        return False
    parts.discard(True)
    return ("all", frozenset(parts)) if len(parts) > 1 else next(iter(parts), True)


def some(formulas: Iterable[Formula]) -> Formula:
    """At least one of them holds."""
    return negation(every(negation(formula) for formula in formulas))


def negation(formula: Formula) -> Formula:
    """It does not hold; nobody knows whether what nobody knows does not."""
    if formula is None or isinstance(formula, bool):
        return None if formula is None else not formula
    return formula[1] if formula[0] == "not" else ("not", formula)


def _frozen(data: object) -> Hashable:
    if isinstance(data, Mapping):
        return tuple((key, _frozen(part)) for key, part in data.items())
    return tuple(map(_frozen, data)) if isinstance(data, (list, tuple)) else data


@cache
def _read(when: tuple) -> Formula:
    return every(_pair(key, wanted) for key, wanted in when)


def _pair(key: str, wanted: Hashable) -> Formula:
    match key:
        case "any":
            return some(map(_read, wanted))
        case "all":
            return every(map(_read, wanted))
        case "not":
            return negation(_read(wanted))
    return ("is", key, frozenset(wanted if isinstance(wanted, tuple) else [wanted]))
