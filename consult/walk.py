"""Walks a guide's whole space of situations, for the tests and for officials to sign."""

from collections.abc import Iterator

from consult.situation import Answer, Situation, assess
from knowledge.condition import UNSURE
from knowledge.schema import Guide


def walk(guide: Guide, unsure: bool = False) -> Iterator[Situation]:
    """Every situation the questions can lead to; with `unsure`, also those with a 「不清楚」 or more."""
    stack = [{}]
    while stack:
        answers = stack.pop()
        situation = assess(guide, answers)
        if not situation.pending:
            yield situation
            continue
        question = situation.pending[0]
        if unsure:
            stack.append({**answers, question.id: Answer(UNSURE)})
        stack += [{**answers, question.id: Answer(option.value, option.label)} for option in reversed(question.options)]
