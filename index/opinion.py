"""What the judge's chances come to: what was most likely meant, how sure that is, and whether it is ours at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.evidence import Evidence


LINES = 10_000  # groups from here on are lines of their own; below, matters


@dataclass(frozen=True)
class Limits:
    """From `answer_from` on a chance is enough to answer; below `refuse_below`, nothing of ours was meant."""

    answer_from: float
    refuse_below: float


@dataclass(frozen=True)
class Opinion:
    """`ranked` are (target, chance) pairs, one for each matter or line, best first; the first one's chance is `sure`.

    A matter and the facts about it are one thing that a person may have meant, so their chances are added.
    `of_matter` says whether it is a matter. `ours` is the chance that anything of ours was meant; `other` the business
    of others that is nearest, if that is nearer than anything of ours.
    """

    ranked: Sequence[tuple[int, float]]
    sure: float
    of_matter: bool
    ours: float
    other: int | None

    def answers(self, limits: Limits) -> bool:
        """Whether the first is sure enough to be told."""
        return self.ours >= limits.refuse_below and self.sure >= limits.answer_from


def opinion(evidence: Evidence, chances: np.ndarray, groups: np.ndarray) -> Opinion:
    """`chances` as Judge.chances() gives them; `groups[target]` is a number for what it speaks of."""
    together: dict[int, float] = {}
    best: dict[int, tuple[float, int]] = {}
    for target, group, chance in zip(evidence.candidates.tolist(), groups[evidence.candidates].tolist(), chances.tolist()):
        together[group] = together.get(group, 0.0) + chance
        best[group] = max(best.get(group, (0.0, 0)), (chance, target))
    ranked = [(best[group][1], together[group]) for group in sorted(together, key=lambda group: -together[group])]
    first = max(together, key=together.__getitem__, default=LINES)
    return Opinion(ranked, together.get(first, 0.0), first < LINES, 1 - float(chances[-1]), evidence.other)
