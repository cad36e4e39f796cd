"""Whether somebody wants something of the hall at all: 「西瓜便宜点」 has the fruit shop's words, but is no request.

A linear classifier (logistic regression) over terms, that of ours against that of others. It says nothing about what
is wanted; the judge weighs it with the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from index.lexical import count_terms
from index.targets import OTHER, Target
from index.vocabulary import Vocabulary


@dataclass(frozen=True)
class Request:
    """For each term how much it speaks for a request, and its inverse document frequency."""

    vocabulary: Vocabulary
    slopes: np.ndarray
    rarity: np.ndarray
    intercept: float

    def score(self, told: Sequence[str]) -> float:
        """Above 0 the text is more like a request than not; a logit."""
        places = self.vocabulary.places(told)
        weights = self.rarity[places]
        return float(weights @ self.slopes[places] / max(float(np.linalg.norm(weights)), 1e-9) + self.intercept)

    def save(self, stem: Path) -> None:
        np.savez(f"{stem}.npz", slopes=self.slopes, rarity=self.rarity, intercept=self.intercept)
        self.vocabulary.save(Path(f"{stem}.txt"))

    @classmethod
    def load(cls, stem: Path) -> "Request":
        with np.load(f"{stem}.npz") as stored:
            return cls(Vocabulary.load(Path(f"{stem}.txt")), stored["slopes"], stored["rarity"], float(stored["intercept"]))


def learn_request(targets: Sequence[Target]) -> Request:
    """Learn from all that is said of ours and of others."""
    vocabulary, counts = count_terms([(text,) for target in targets for text in target.texts])
    ours = [target.kind != OTHER for target in targets for _ in target.texts]
    rarity = (1 + np.log((1 + counts.shape[0]) / (1 + counts.getnnz(axis=0)))).astype(np.float32)
    rows = normalize(counts.multiply(rarity).tocsr())
    machine = LogisticRegression(C=20, solver="liblinear", class_weight="balanced", random_state=0).fit(rows, ours)
    return Request(vocabulary, machine.coef_[0].astype(np.float32), rarity, float(machine.intercept_[0]))
