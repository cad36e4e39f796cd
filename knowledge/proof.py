"""Proves a guide over the whole space of answers (情形穷尽), 「不清楚」 included, without walking it.

A fault is a formula that must never come true. Only the questions it depends on are tried, in their order,
and what is left of it after some answers is never tried twice; the same way the situations are counted.
So all fifty guides are proved in seconds, where walking the situations of one would take days.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from knowledge.checks import named
from knowledge.condition import DECIDED, UNASKED, UNSURE, Formula, asks, every, given, negation, read, some
from knowledge.problem import Problem
from knowledge.schema import Guide, MaterialUse, Question

Answers = dict[str, str]
Whens = Mapping[str, Formula]


def faults(guide: Guide) -> Iterator[Problem]:
    """Everything that goes wrong in some situation, each with such a situation in plain words."""
    yield from _unreachable(guide)
    yield from _undecided(guide)
    yield from _idle(guide)
    yield from _bare(guide)
    yield from _contradictions(guide)
    yield from _silent(guide)


def find(guide: Guide, goal: Formula) -> Answers | None:
    """Answers (question id to option, UNSURE or UNASKED) that make a formula true; None when nothing does."""
    return _find(goal, {q.id: read(q.when) for q in guide.questions}, {q.id: q for q in guide.questions}, set())


def count(guide: Guide) -> int:
    """How many situations the questions can lead to, each 「不清楚」 counted as an answer of its own."""
    pairs = {(read(line.when), _also(line)) for section in DECIDED for line in getattr(guide, section)}
    return _count(frozenset(pairs), {q.id: read(q.when) for q in guide.questions}, {q.id: q for q in guide.questions}, {})


def in_words(guide: Guide, answers: Answers) -> str:
    """「营业执照：还没有；房子来路：租的房子」: a situation as people say it."""
    labels = {(q.id, o.value): o.label for q in guide.questions for o in q.options}
    topics = {q.id: q.topic for q in guide.questions}
    return "；".join(f"{topics[name]}：{labels.get((name, value), '不清楚')}" for name, value in answers.items() if value != UNASKED) or "任何情形"


def _find(goal: Formula, whens: Whens, questions: Mapping[str, Question], hopeless: set) -> Answers | None:
    if goal is None or isinstance(goal, bool):
        return {} if goal is True else None
    name, left = _next(asks(goal), whens)
    key = goal, tuple(left.items())
    if key in hopeless:
        return None
    for answer in _answers(questions[name], whens[name]):
        found = _find(given(goal, name, answer), _told(left, name, answer), questions, hopeless)
        if found is not None:
            return {name: answer, **found}
    hopeless.add(key)
    return None


def _count(pairs: frozenset, whens: Whens, questions: Mapping[str, Question], known: dict) -> int:
    """`pairs` are what still has to be decided: whether a line holds, and what more is asked if it does."""
    waiting = frozenset().union(*(asks(guard) | asks(also) for guard, also in pairs))
    if not waiting:
        return 1
    name, left = _next(waiting, whens)
    key = pairs, tuple(left.items())
    if key not in known:
        known[key] = sum(
            _count(_decided(pairs, name, answer), _told(left, name, answer), questions, known)
            for answer in _answers(questions[name], whens[name])
        )
    return known[key]


def _decided(pairs: Iterable[tuple[Formula, Formula]], name: str, answer: str) -> frozenset:
    told = ((given(guard, name, answer), given(also, name, answer)) for guard, also in pairs)
    return frozenset((guard, also) for guard, also in told if guard is not False and (asks(guard) or asks(also)))


def _also(line) -> Formula:
    """What a line asks for beyond its `when`: what it requires, or the answer that fills the field."""
    if name := getattr(line, "from_question", None):
        return "is", name, frozenset()
    return read(getattr(line, "requires", {}))


def _next(waiting: frozenset[str], whens: Whens) -> tuple[str, dict[str, Formula]]:
    """The first question to try, and the conditions of all questions that will have to be tried."""
    needed = set(waiting)
    for name in reversed(whens):
        if name in needed:
            needed |= asks(whens[name])
    left = {name: when for name, when in whens.items() if name in needed}
    return next(iter(left)), left


def _answers(question: Question, when: Formula) -> tuple[str, ...]:
    return (UNASKED,) if when is False else (*(option.value for option in question.options), UNSURE)


def _told(whens: Whens, name: str, answer: str) -> dict[str, Formula]:
    return {other: given(when, name, answer) for other, when in whens.items() if other != name}


def _unreachable(guide: Guide) -> Iterator[Problem]:
    """Questions and lines that no answers lead to, and items that only people who may not have them are led to."""
    items = {item.id: read(item.when) for item in guide.items}
    allowed = every(some([negation(read(line.when)), read(line.requires)]) for line in guide.conditions)
    for section in ("questions", *DECIDED):
        for place, line in named(guide, section):
            goal = read(line.when)
            if isinstance(line, MaterialUse):
                goal = every([goal, some(items[name] for name in line.items)])
            if find(guide, goal) is None:
                yield Problem("", place, "怎么回答都用不上这一条", "请检查它的 when，或者删掉")
            elif section == "items" and find(guide, every([goal, allowed])) is None:
                yield Problem("", place, "只有不符合条件的人才用得上", "请检查它的 when 和 conditions 的 requires")


def _undecided(guide: Guide) -> Iterator[Problem]:
    """Requirements that everybody meets, or nobody."""
    for place, line in named(guide, "conditions"):
        when, requires = read(line.when), read(line.requires)
        if line.requires and find(guide, every([when, negation(requires)])) is None:
            yield Problem("", place, "怎么回答都符合，requires 没有用处", "请删掉 requires，或者检查它的写法")
        if line.requires and find(guide, every([when, requires])) is None:
            yield Problem("", place, "怎么回答都不符合", "请检查 requires")


def _idle(guide: Guide) -> Iterator[Problem]:
    """Questions whose answers never make a difference: asking them would only cost people time."""
    filled = {use.from_question for use in guide.fields}
    formulas = {read(line.when) for section in ("questions", *DECIDED) for line in getattr(guide, section)}
    formulas |= {read(line.requires) for line in guide.conditions}
    for place, question in named(guide, "questions"):
        about = [formula for formula in formulas if question.id in asks(formula)]
        pairs = combinations([option.value for option in question.options], 2)
        if question.id not in filled and not any(_differs(guide, question, formula, *pair) for pair in pairs for formula in about):
            yield Problem("", place, "问了也不改变什么", "请删掉这个问题，或让它决定一项")


def _differs(guide: Guide, question: Question, formula: Formula, one: str, other: str) -> bool:
    first, second = given(formula, question.id, one), given(formula, question.id, other)
    return any(find(guide, every([read(question.when), a, negation(b)])) is not None for a, b in ((first, second), (second, first)))


def _bare(guide: Guide) -> Iterator[Problem]:
    """Items for which nothing is handed in, and nothing is said to be spared."""
    for place, item in named(guide, "items"):
        uses = some(read(use.when) for use in guide.materials if item.id in use.items)
        answers = find(guide, every([read(item.when), negation(uses)])) if item.joint else None
        if answers is not None:
            yield Problem("", place, f"要办这一项，却没有一样材料。比如：{in_words(guide, answers)}", "请补上材料；不用交的写 waived 和理由")


def _contradictions(guide: Guide) -> Iterator[Problem]:
    """A material that one line wants and another waives, for the same item at the same time."""
    for (place, one), (_, other) in combinations(named(guide, "materials"), 2):
        if one.material == other.material and bool(one.waived) != bool(other.waived) and set(one.items) & set(other.items):
            answers = find(guide, every([read(one.when), read(other.when)]))
            if answers is not None:
                yield Problem("", place, f"同一样材料又要交又免交。比如：{in_words(guide, answers)}", "请检查两条的 when")


def _silent(guide: Guide) -> Iterator[Problem]:
    """Situations in which the notice would lack something everybody must be told."""
    items = some(read(item.when) for item in guide.items)
    for section, what in (("steps", "办理步骤"), ("conditions", "办理条件"), ("materials", "申请材料"), ("fields", "要填的内容")):
        told = some(read(line.when) for line in getattr(guide, section))
        if (answers := find(guide, every([items, negation(told)]))) is not None:
            yield Problem("", section, f"有事要办，告知单里却没有{what}。比如：{in_words(guide, answers)}", f"请补上{what}")
