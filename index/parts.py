"""The trained and embedded parts of an index, and how they read a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from index.documents import Documents
from index.matters import Linear, closeness, evidence, nearest_means
from index.rows import Rows, encode
from index.words import grams
from knowledge.entries import Entry


@dataclass(frozen=True)
class Reading:
    """A text as the parts see it: its n-grams and vector, what each opinion says of each class, how close it comes."""

    bag: Sequence[int]
    vector: np.ndarray
    linear: np.ndarray
    means: np.ndarray
    close: tuple[float, float, float]
    business: float
    length: int

    def fused(self, weight: float) -> np.ndarray:
        """Both opinions together, the nearest phrasings weighing `weight`."""
        return self.linear + weight * self.means

    def evidence(self, weight: float, ours: int) -> np.ndarray:
        return evidence(self.fused(weight), ours, self.close, self.business, self.length)


@dataclass(frozen=True)
class Parts:
    """All that a search needs, made from one set of knowledge.

    The first `ours` classes are matters, those up to `shelved` other business, the rest the shelves.
    """

    model: SentenceTransformer
    phrasings: Rows
    lines: Rows | None
    documents: Documents | None
    questions: Documents | None
    linear: Linear
    business: Linear
    ours: int
    shelved: int

    def read(self, text: str) -> Reading:
        bag, vector = grams(text), encode(self.model, [text])[0]
        linear = self.linear.scores(bag)
        means = nearest_means(self.phrasings, vector, len(linear))
        close = closeness(self.phrasings, vector, bag, self.ours)
        return Reading(bag, vector, linear, means, close, float(self.business.scores(bag)[0]), len(text))

    def close_lines(self, reading: Reading, weight: float) -> dict[int, float]:
        """Entry numbers of facts, rules and hotline entries → how well they fit; the embedding weighs `weight`."""
        if self.lines is None:
            return {}
        told, asked = self.documents.alike(reading.bag), self.questions.alike(reading.bag)
        shared = {number: (score + asked.get(number, 0.0)) / 2 for number, score in told.items()}
        near = self.lines.cosines(reading.vector) if weight else {}
        return {number: weight * near.get(number, 0.0) + (1 - weight) * shared.get(number, 0.0) for number in shared.keys() | near.keys()}

    def save(self, folder: Path) -> None:
        self.phrasings.save(folder / "phrasings")
        self.linear.save(folder / "linear.npz")
        self.business.save(folder / "business.npz")
        if self.lines:
            self.lines.save(folder / "lines")
            self.documents.save(folder / "documents")
            self.questions.save(folder / "questions")

    @classmethod
    def load(cls, folder: Path, model: SentenceTransformer, ours: int, shelved: int) -> "Parts":
        some = (folder / "lines.faiss").exists()
        lines, documents, questions = (
            (Rows.load(folder / "lines"), Documents.load(folder / "documents"), Documents.load(folder / "questions")) if some else (None, None, None)
        )
        linear, business = Linear.load(folder / "linear.npz"), Linear.load(folder / "business.npz")
        return cls(model, Rows.load(folder / "phrasings"), lines, documents, questions, linear, business, ours, shelved)


def guides(entries: Sequence[Entry]) -> list[Entry]:
    """The matters, in the order that numbers their classes."""
    return [entry for entry in entries if entry.kind == "guide"]


def shelves(entries: Sequence[Entry]) -> list[str]:
    """The shelves, in the order that numbers their classes after the matters and the other business."""
    return list(dict.fromkeys(entry.shelf for entry in entries if entry.shelf))
