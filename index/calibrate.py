"""Measures, on phrasings held out, where sure ends and guessing begins. Every embedding model has its own limits."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from index.lexicon import Lexicon
from index.parts import Parts, Reading, shelves
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

REFUSED = 0.86  # share of other business that must be refused
RIGHT = 0.95  # share of the given answers that must be right
STRANGERS_ANSWERED, STRANGERS_ASKED = 0.05, 0.12  # share of other business that a line of a shelf may answer, or be offered for
_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
_LINE_WEIGHTS = (0.0, 0.15, 0.3, 0.5, 0.7)


@dataclass(frozen=True)
class Limits:
    """What was measured.

    `weight` and `line_weight` say how much the embedding counts beside shared words, for matters and for lines.
    `ours` and `right` are logistic scales over Reading.evidence(): is it about a matter, and is it the best one.
    A fact answers from `fact_from` on, one of the matter under discussion from `hinted_from` on. `shelf` is a
    scale over shelf_evidence(): is the first line of the shelf the right one; it answers from `shelf_answer` on,
    and the first few are offered from `shelf_ask` on.
    """

    weight: float
    line_weight: float
    ours: tuple[float, ...]
    right: tuple[float, ...]
    refuse_below: float
    answer_from: float
    fact_from: float
    hinted_from: float
    shelf: tuple[float, ...]
    shelf_answer: float
    shelf_ask: float


def measure(
    entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], lexicon: Lexicon,
    make: Callable[[Sequence[Entry], Sequence[Elsewhere]], Parts], say: Callable[[str], None],
) -> Limits:
    """Make the parts without a fifth of the phrasings, ask them, and set the limits where the answers stop being right."""
    known, phrasings = split(entries, 0)
    known, questions = split_facts(known)
    known_others, negatives = split_elsewhere(elsewhere, 0)
    parts = make(known, known_others)
    draw = random.Random(0)
    phrasings = phrasings + [(lexicon.framed(text, draw, trade=True), owner) for text, owner in phrasings]
    negatives = negatives + [lexicon.framed(text, draw, trade=False) for text in negatives]
    truth = np.array([owner for _, owner in phrasings])
    mine, others = [parts.read(text) for text, _ in phrasings], [parts.read(text) for text in negatives]
    weight = max(_WEIGHTS, key=lambda weight: np.mean(_picks(mine, weight, parts.ours) == truth))
    right = _picks(mine, weight, parts.ours) == truth
    say(f"搜索索引：留出的说法认对 {right.mean():.1%}")
    line_weight = _line_weight(parts, known, questions)
    return Limits(
        weight, line_weight, *_matter_limits([*mine, *others], right, weight, parts.ours),
        *_line_limits(parts, known, mine, others, line_weight), *_shelf_limits(parts, known, questions, mine, others, weight, line_weight),
    )


def split(entries: Sequence[Entry], fold: int) -> tuple[list[Entry], list[tuple[str, int]]]:
    """Take every fifth phrasing out of each guide; returns the entries left and (phrasing, class) pairs."""
    left, taken, number = [], [], 0
    for entry in entries:
        if entry.kind == "guide":
            taken += [(ask, number) for place, ask in enumerate(entry.asks) if place % 5 == fold]
            entry = replace(entry, asks=tuple(ask for place, ask in enumerate(entry.asks) if place % 5 != fold))
            number += 1
        left.append(entry)
    return left, taken


def split_facts(entries: Sequence[Entry]) -> tuple[list[Entry], list[tuple[str, Entry]]]:
    """Take the last phrasing out of every fact and hotline entry that has more than one; returns (phrasing, entry) pairs."""
    left, taken = [], []
    for entry in entries:
        if entry.kind in ("fact", "hotline") and len(entry.asks) > 1:
            taken.append((entry.asks[-1], entry))
            entry = replace(entry, asks=entry.asks[:-1])
        left.append(entry)
    return left, taken


def split_elsewhere(elsewhere: Sequence[Elsewhere], fold: int) -> tuple[list[Elsewhere], list[str]]:
    """Take every fifth kind of other business out wholly, and every fifth phrasing of the rest."""
    left, taken = [], []
    for number, other in enumerate(elsewhere):
        out = [ask for place, ask in enumerate(other.asks) if number % 5 == fold or place % 5 == fold]
        taken += out
        if number % 5 != fold:
            left.append(other.model_copy(update={"asks": tuple(ask for ask in other.asks if ask not in out)}))
    return left, taken


def chance(scale: Sequence[float], facts: np.ndarray) -> np.ndarray:
    """A logistic scale's reading of the evidence, between 0 and 1."""
    return 1 / (1 + np.exp(-(facts @ np.array(scale[:-1]) + scale[-1])))


def _picks(readings: Sequence[Reading], weight: float, ours: int) -> np.ndarray:
    return np.array([reading.fused(weight)[:ours].argmax() for reading in readings])


def _matter_limits(readings: Sequence[Reading], right: np.ndarray, weight: float, ours: int) -> tuple:
    """The two scales and their thresholds; `right` tells of the first readings, the others are not ours."""
    facts = np.array([reading.evidence(weight, ours) for reading in readings])
    is_ours = np.arange(len(readings)) < len(right)
    is_right = np.r_[right, np.zeros(len(readings) - len(right), bool)]
    ours_scale, right_scale = _logistic(facts, is_ours), _logistic(facts, is_right)
    refuse_below = float(np.quantile(chance(ours_scale, facts)[~is_ours], REFUSED))
    kept = chance(ours_scale, facts) >= refuse_below
    return ours_scale, right_scale, refuse_below, _lowest_limit(chance(right_scale, facts)[kept], is_right[kept])


def _logistic(facts: np.ndarray, truth: np.ndarray) -> tuple[float, ...]:
    machine = LogisticRegression(C=10, max_iter=5000, class_weight="balanced").fit(facts, truth)
    return (*map(float, machine.coef_[0]), float(machine.intercept_[0]))


def _lowest_limit(chances: np.ndarray, right: np.ndarray) -> float:
    """The lowest limit above which enough of the answers are right."""
    order = np.argsort(-chances)
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= RIGHT)
    return float(chances[order[enough[-1]]]) if len(enough) else 1.0


def _line_weight(parts: Parts, known: Sequence[Entry], questions: Sequence[tuple[str, Entry]]) -> float:
    """The weight of the embedding that finds most held-out questions among the facts of their matter."""
    readings = [(parts.read(text), fact) for text, fact in questions if fact.kind == "fact"]

    def found(weight: float) -> int:
        return sum(_best_of(parts, known, reading, weight, home(fact))[1] == fact.id for reading, fact in readings)
    return max(_LINE_WEIGHTS, key=found)


def home(fact: Entry) -> int | None:
    """A matter that a fact is about, to ask it under."""
    return fact.matter or next(iter(fact.shared), None)


def _best_of(parts: Parts, known: Sequence[Entry], reading: Reading, weight: float, matter: int | None) -> tuple[float, str]:
    scores = [(score, known[number].id) for number, score in parts.close_lines(reading, weight).items() if known[number].about(matter)]
    return max(scores, default=(0.0, ""))


def shelf_evidence(parts: Parts, names: Sequence[str], fused: np.ndarray, lines: Sequence[tuple[float, Entry]]) -> np.ndarray:
    """What tells the right line of a shelf from a guess: how far its shelf is before every matter, and it before the next line."""
    (first, entry), second = lines[0], lines[1][0] if len(lines) > 1 else 0.0
    own, rest = fused[parts.shelved + names.index(entry.shelf)], fused[: parts.shelved].max()
    return np.array([own, own - rest, first, first - second])


def _shelf_limits(
    parts: Parts, known: Sequence[Entry], questions: Sequence[tuple[str, Entry]], mine: Sequence[Reading], others: Sequence[Reading], weight: float, line_weight: float
) -> tuple[tuple[float, ...], float, float]:
    """The scale of shelf_evidence(), and from where on a line answers or is offered: seldom to those whose business is not ours."""
    names, facts, right, strange = shelves(known), [], [], []
    asked = [(parts.read(text), entry.id, False) for text, entry in questions if entry.shelf]
    for reading, wanted, stranger in [*asked, *((reading, "", False) for reading in mine), *((reading, "", True) for reading in others)]:
        lines = sorted(((score, known[number]) for number, score in parts.close_lines(reading, line_weight).items()), key=lambda pair: -pair[0])
        found = [(score, entry) for score, entry in lines if entry.shelf]
        if found:
            facts.append(shelf_evidence(parts, names, reading.fused(weight), found))
            right.append(found[0][1].id == wanted)
            strange.append(stranger)
    if not any(right) or all(right):
        return (0.0, 4.0, 0.0, 0.0, 0.0), 0.5, 0.5  # nothing to measure by: whether the shelf is before every matter decides
    scale = _logistic(np.array(facts), np.array(right))
    sure = chance(scale, np.array(facts))
    answer, ask = (float(np.quantile(sure[np.array(strange)], 1 - share)) if any(strange) else 0.5 for share in (STRANGERS_ANSWERED, STRANGERS_ASKED))
    return scale, max(answer, ask), ask


def _line_limits(
    parts: Parts, known: Sequence[Entry], mine: Sequence[Reading], others: Sequence[Reading], weight: float
) -> tuple[float, float]:
    """How well a fact must fit: better than nearly everything that is not meant for it.

    Facts must not answer other business, and seldom those who want a whole matter.
    """
    rest = [parts.close_lines(reading, weight) for reading in others]
    askers = [parts.close_lines(reading, weight) for reading in mine]
    fact = max(_beyond((_best_fact(found, known) for found in rest), 0.985), _beyond((_best_fact(found, known) for found in askers), 0.9))
    within = [score for found in rest for score in _best_by_matter(found, known).values()]
    return fact, float(np.clip(np.quantile(within or [0.0], 0.9), 0.09, 0.8))


def _beyond(scores: Iterable[float], share: float) -> float:
    return float(np.clip(np.quantile(list(scores), share), 0.09, 0.8))


def _best_fact(found: dict[int, float], known: Sequence[Entry]) -> float:
    return max((score for number, score in found.items() if known[number].kind == "fact"), default=0.0)


def _best_by_matter(found: dict[int, float], known: Sequence[Entry]) -> dict[int, float]:
    best: dict[int, float] = {}
    for number, score in found.items():
        for matter in (known[number].matter, *known[number].shared):
            if matter:
                best[matter] = max(best.get(matter, 0.0), score)
    return best
