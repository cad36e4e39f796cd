"""Walks a guide's whole space of situations, for the tests and for officials to sign."""

from collections.abc import Iterator

from consult.situation import UNSURE, Answer, Situation, assess
from knowledge.schema import Guide


def walk(guide: Guide, unsure: bool = False) -> Iterator[Situation]:
    """Every situation the questions can lead to; with `unsure`, also those with one 「不清楚」."""
    stack = [({}, unsure)]
    while stack:
        answers, may_doubt = stack.pop()
        situation = assess(guide, answers)
        if not situation.pending:
            yield situation
            continue
        question = situation.pending[0]
        for option in reversed(question.options):
            stack.append(({**answers, question.id: Answer(option.value, option.label)}, may_doubt))
        if may_doubt:
            stack.append(({**answers, question.id: Answer(UNSURE)}, False))
