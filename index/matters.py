"""Which matter, or which business of others, a text is about.

Two opinions are added: a linear classifier over n-grams, sharp on words it knows, and the mean cosine
of the five nearest phrasings, which also sees near misses. How much the second one weighs is measured
at build time, for it depends on the embedding model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from index.rows import Rows, count_grams, rarities

NEAREST = 5
_LOOK_AT = 100


@dataclass(frozen=True)
class Linear:
    """A one-against-all linear classifier over rarity-weighted n-grams: a row each n-gram heard, a column each class."""

    heard: np.ndarray
    slopes: np.ndarray
    intercepts: np.ndarray
    rarity: np.ndarray
    rarest: float

    def scores(self, bag: Sequence[int]) -> np.ndarray:
        """How far the text lies on each class's side."""
        places = np.searchsorted(self.heard, bag).clip(max=len(self.heard) - 1)
        places = places[self.heard[places] == bag]
        unheard = (len(bag) - len(places)) * self.rarest**2
        length = np.sqrt((self.rarity[places] ** 2).sum() + unheard)
        return self.rarity[places] @ self.slopes[places] / max(length, 1e-9) + self.intercepts

    def save(self, path: Path) -> None:
        np.savez_compressed(path, **{**vars(self), "slopes": self.slopes.astype(np.float16)})

    @classmethod
    def load(cls, path: Path) -> "Linear":
        with np.load(path) as stored:
            return cls(stored["heard"], stored["slopes"].astype(np.float32), stored["intercepts"], stored["rarity"], float(stored["rarest"]))


def fit(bags: Sequence[Sequence[int]], classes: Sequence[int]) -> Linear:
    """Train the classifier; class numbers must run from 0."""
    counts = count_grams(bags)
    rarity = rarities(counts)
    heard = np.flatnonzero(counts.getnnz(axis=0))
    weighted = normalize(counts[:, heard].multiply(rarity[heard]).tocsr())
    machine = LinearSVC(C=0.3, class_weight="balanced", random_state=0).fit(weighted, classes)
    return Linear(heard, machine.coef_.T.astype(np.float32), machine.intercept_.astype(np.float32), rarity[heard], float(rarity.max()))


def nearest_means(rows: Rows, vector: np.ndarray, classes: int) -> np.ndarray:
    """For each class the mean cosine of its five nearest phrasings; classes out of sight get the horizon."""
    found, cosines = rows.near(vector, _LOOK_AT)
    means = np.full(classes, cosines[-1])
    owners = rows.owners[found]
    for owner in np.unique(owners):
        best = cosines[owners == owner][:NEAREST]
        means[owner] = (best.sum() + (NEAREST - len(best)) * cosines[-1]) / NEAREST
    return means


def evidence(fused: np.ndarray, ours: int, close: Sequence[float], business: float, length: int) -> np.ndarray:
    """What tells a sure finding from a guess: classes up to `ours` are matters, the others are not ours.

    Length belongs to it because every score shrinks with the words that a text has besides.
    """
    best = np.sort(fused[:ours])[::-1]
    others = fused[ours:].max(initial=best[-1])
    second = best[1] if ours > 1 else others
    return np.array([best[0], best[0] - second, best[0] - others, *close, business, np.log1p(length)])


def closeness(rows: Rows, vector: np.ndarray, bag: Sequence[int], ours: int) -> tuple[float, float, float]:
    """Cosine and coverage of the matters' closest phrasings, and the share of n-grams ever heard."""
    mine = rows.owners < ours
    found, cosines = rows.near(vector, _LOOK_AT)
    near = cosines[mine[found]]
    weights = rows.rarity[bag]
    heard = weights[np.diff(rows.postings.indptr)[bag] > 0].sum() / max(weights.sum(), 1e-9)
    return float(near[0]) if len(near) else 0.0, float(rows.covered(bag)[mine].max(initial=0)), float(heard)
