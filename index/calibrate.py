"""Learns to weigh evidence, and measures where sure ends and guessing begins. Every model has limits of its own.

Two kinds of questions are put to an index that has not seen them: every fifth way of asking, left out of it for
this, and the trials, written by people who had seen none of the ways of asking.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.evidence import Evidence
from index.judge import Case, Judge, fit
from index.opinion import Limits, Opinion, opinion
from index.search import Index
from index.targets import OTHER, Target
from knowledge.entries import Entry
from knowledge.schema import Trial

REFUSED = 0.02  # share of what is ours that may be refused
FALSE = 0.015  # share of what is not ours that may be answered; what comes unforeseen is a little worse
RIGHT = 0.95  # share of the given answers that must be right
FOLD = 5  # every fifth way of asking is left out
_TRIAL_WEIGHT = 8.0  # people who have not seen the ways of asking are what counts
_KIND_WEIGHT = {"guide": 1.5, "fact": 0.7, "hotline": 1.0, "rule": 0.7, OTHER: 1.5}
_PER_KIND = 1500  # cases that each kind counts as, however many ways of asking it has
_SHORT = 10  # characters of a thing that can be named in passing
_MOST = 4000  # ways of asking of one kind that are asked; more teach nothing new


@dataclass(frozen=True)
class Question:
    """Something said, the targets that would be a right answer (none if it is not ours), and the matter under discussion."""

    said: str
    right: frozenset[int]
    ours: bool
    matter: int | None
    weight: float
    trial: bool


def leave_out(targets: Sequence[Target]) -> tuple[list[Target], list[tuple[str, int]]]:
    """The targets without every fifth of their ways of asking, and those as (text, target number)."""
    left, out = [], []
    for number, target in enumerate(targets):
        title, *asks = target.texts
        taken = [text for place, text in enumerate(asks) if place % FOLD == 0 and len(asks) >= FOLD]
        left.append(replace(target, texts=(title, *(text for text in asks if text not in taken))))
        out += [(text, number) for text in taken]
    return left, out


def questions(index: Index, out: Sequence[tuple[str, int]], trials: Sequence[Trial]) -> list[Question]:
    """What to ask, and what would be right."""
    targets, draw = index.parts.targets, random.Random(0)
    homes = [entry.matter for entry in index.entries if entry.kind == "guide"]
    by_kind = {kind: [(text, number) for text, number in out if targets[number].kind == kind] for kind in _KIND_WEIGHT}
    asked = [pair for pairs in by_kind.values() for pair in draw.sample(pairs, min(len(pairs), _MOST))]
    often = {kind: min(len(pairs), _MOST) for kind, pairs in by_kind.items()}
    aspects = [phrase for phrases in index.lexicon.aspects.values() for phrase in phrases]
    found = []
    for text, number in asked:
        target = targets[number]
        weight = _KIND_WEIGHT[target.kind] * _PER_KIND / often[target.kind]
        if target.kind in ("guide", OTHER) and len(text) <= _SHORT and draw.random() < 0.5:
            text += draw.choice(aspects)  # 「开奶茶店」 is also asked as 「开奶茶店要多少钱」
        if target.kind == OTHER:
            found.append(Question(text, frozenset(), False, None, weight, False))
            continue
        entry = index.entry(number)
        home = _home(entry) if entry.kind == "fact" else draw.choice(homes) if draw.random() < 0.3 else None
        found.append(Question(text, frozenset({number}), True, home, weight, False))
    return found + of_trials(index, trials)


def measure(index: Index, asked: Sequence[Question]) -> tuple[Judge, Limits, list[tuple[float, float, float]]]:
    """The judge, the limits, and the trade-off: (limit, share of ours answered rightly, share of others answered).

    The limits are set on trials (without any: on what was left out) that the judge did not learn from: two judges
    each learn from half of them.
    """
    evidence = [index.evidence(index.understand(question.said, matter=question.matter)) for question in asked]
    cases = [_case(question, found) for question, found in zip(asked, evidence)]
    seen: dict[int, Opinion] = {}
    counted = [number for number, question in enumerate(asked) if question.trial] or range(len(asked))
    for half in (0, 1):
        apart = set(counted[half::2])
        judge = fit([case for number, case in enumerate(cases) if number not in apart])
        for number in apart:
            seen[number] = opinion(evidence[number], judge.chances(evidence[number]), index.groups(asked[number].matter))
    limits, curve = _limits([(asked[number], seen[number]) for number in sorted(seen)])
    return fit(cases), limits, curve


def _case(question: Question, evidence: Evidence) -> Case:
    right = np.isin(evidence.candidates, list(question.right))
    return Case(evidence, np.append(right, not question.ours), question.weight)


def _limits(seen: Sequence[tuple[Question, Opinion]]) -> tuple[Limits, list[tuple[float, float, float]]]:
    """Refuse few of ours; answer as much as can be answered rightly."""
    refuse_below = float(np.quantile([found.ours for question, found in seen if question.ours] or [0.0], REFUSED))
    sure = np.array([found.sure if found.ours >= refuse_below else 0.0 for _, found in seen])
    ours = np.array([question.ours for question, _ in seen])
    right = np.array([bool(found.ranked) and found.ranked[0][0] in question.right and question.ours for question, found in seen])
    curve = []
    for limit in np.arange(0.3, 1.0, 0.02):
        answered = sure >= limit
        curve.append((float(limit), float((answered & right).sum() / max(ours.sum(), 1)), float((answered & ~ours).sum() / max((~ours).sum(), 1))))
    enough = [limit for limit, _, false in curve if false <= FALSE and right[sure >= limit].mean() >= RIGHT]
    return Limits(min(enough, default=curve[-1][0]), refuse_below), curve


def of_trials(index: Index, trials: Sequence[Trial]) -> list[Question]:
    """Trials as questions; not those that ask for what is no longer there."""
    about: dict[int | str | None, list[int]] = {}
    for number, target in enumerate(index.parts.targets):
        if target.kind != OTHER:
            entry = index.entry(number)
            about.setdefault(entry.id, []).append(number)
            about.setdefault(entry.matter, []).append(number)
    found = []
    for trial in trials:
        right = [] if trial.other else about.get(trial.matter or trial.entry, [])
        home = next((_home(index.entry(number)) for number in right if trial.entry and index.entry(number).kind == "fact"), None)
        found.append(Question(trial.q, frozenset(right), not trial.other, home, _TRIAL_WEIGHT, True))
    return [question for question in found if question.right or not question.ours]


def _home(entry: Entry) -> int | None:
    """The matter in whose discussion a fact is asked for."""
    return entry.matter or next(iter(entry.shared), None)
