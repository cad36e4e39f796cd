"""What a person's answers make of a guide: which lines hold, and what is still worth asking.

Everything here is derived from the stored answers, afresh on every turn. Logic is three-valued:
True, False, or None while an answer is missing or 「不清楚」.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from knowledge import condition
from knowledge.condition import DECIDED, UNASKED, UNSURE
from knowledge.schema import Condition, Guide, Question, Sourced, When

State = Literal["needed", "maybe", "not_needed"]


@dataclass(frozen=True)
class Answer:
    """A stored answer: the option's value (or UNSURE) and the person's own words or number."""

    value: str
    said: str = ""


Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Situation:
    """A guide seen through a person's answers.

    `asked` are the questions that apply and are answered, in order; `pending` the ones still worth
    asking. An answer that no longer applies is kept by the caller but plays no part here.
    """

    guide: Guide
    answers: Answers
    asked: tuple[Question, ...]
    pending: tuple[Question, ...]
    applies: Mapping[str, bool | None] = field(repr=False)

    @property
    def unsure(self) -> tuple[Question, ...]:
        """Questions answered with 「不清楚」."""
        return tuple(question for question in self.asked if self.answers[question.id].value == UNSURE)

    def state(self, line: Sourced) -> State:
        """Whether a line of the guide (item, material, field …) belongs to this situation."""
        return {True: "needed", None: "maybe", False: "not_needed"}[self._holds(line.when)]

    def lines(self, section: str) -> tuple[tuple[object, State], ...]:
        """The lines of a section that are needed or may be needed, with their state."""
        if section not in self._lines:
            states = [(line, self.state(line)) for line in getattr(self.guide, section)]
            self._lines[section] = tuple((line, state) for line, state in states if state != "not_needed")
        return self._lines[section]

    @cached_property
    def _lines(self) -> dict[str, tuple[tuple[object, State], ...]]:
        """What `lines` has worked out already; a situation never changes."""
        return {}

    def met(self, line: Condition) -> bool | None:
        """Whether a condition is met; True for one that the answers cannot decide and merely states."""
        return self._holds(line.requires)

    @property
    def unmet(self) -> tuple[Condition, ...]:
        """Conditions that apply and that the answers do not meet."""
        return tuple(line for line, _ in self.lines("conditions") if self.met(line) is False)

    def _holds(self, when: When) -> bool | None:
        return holds(when, self.answers, self.applies)[0]


def assess(guide: Guide, answers: Answers) -> Situation:
    """The situation that `answers` (by question id; unknown ids are ignored) make of `guide`.

    A question is asked only while it applies and some line, or another question, still depends on it.
    """
    applies: dict[str, bool | None] = {}
    for question in guide.questions:
        applies[question.id] = holds(question.when, answers, applies)[0]
    open_for = _open(guide, answers, applies)
    asked = tuple(q for q in guide.questions if q.id in answers and applies[q.id] is not False)
    pending = tuple(q for q in guide.questions if q.id not in answers and applies[q.id] is not False and q.id in open_for)
    return Situation(guide, answers, asked, pending, applies)


def holds(when: When, answers: Answers, applies: Mapping[str, bool | None]) -> tuple[bool | None, frozenset[str]]:
    """Whether a condition holds, and the unanswered questions that could still decide it."""
    rest = condition.read(when)
    for question in condition.asks(rest):
        if applies.get(question) is False:
            rest = condition.given(rest, question, UNASKED)
        elif question in answers:
            rest = condition.given(rest, question, answers[question].value)
    return (None if isinstance(rest, tuple) else rest), condition.asks(rest)


def _open(guide: Guide, answers: Answers, applies: Mapping[str, bool | None]) -> set[str]:
    """Unanswered questions on which a line, or a question that matters, still depends."""
    needed: set[str] = set()
    for section in DECIDED:
        for line in getattr(guide, section):
            verdict, blockers = holds(line.when, answers, applies)
            needed |= blockers
            if verdict is not False and section == "conditions":
                needed |= holds(line.requires, answers, applies)[1]
            if verdict is not False and section == "fields" and line.from_question not in answers:
                needed.add(line.from_question)
    for question in reversed(guide.questions):
        if question.id in needed:
            needed |= holds(question.when, answers, applies)[1]
    return needed
