"""Walks a guide's space of situations, for the tests and for officials to sign: all of it, or enough to show everything."""

from collections.abc import Iterator

from consult.situation import Answer, Situation, assess
from knowledge import proof
from knowledge.condition import UNSURE, every, read
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


def representative(guide: Guide) -> Iterator[Situation]:
    """Situations that together show every line of the guide and every answer to every question, 「不清楚」 too."""
    lines = [read(line.when) for section in proof.DECIDED for line in getattr(guide, section)]
    told = [every([read(q.when), ("is", q.id, frozenset([option.value]))]) for q in guide.questions for option in q.options]
    found = [proof.find(guide, goal) for goal in dict.fromkeys(lines + told)]
    found += [{**(proof.find(guide, read(q.when)) or {}), q.id: UNSURE} for q in guide.questions]
    yield from {repr(whole.answers): whole for whole in (_completed(guide, answers or {}) for answers in found)}.values()


def _completed(guide: Guide, wanted: proof.Answers) -> Situation:
    """The situation of somebody asked in order who gives the wanted answers, else the first option."""
    answers: dict[str, Answer] = {}
    while (situation := assess(guide, answers)).pending:
        question = situation.pending[0]
        value = wanted.get(question.id, question.options[0].value)
        labels = {option.value: option.label for option in question.options}
        answers = {**answers, question.id: Answer(value, labels.get(value, ""))}
    return situation
