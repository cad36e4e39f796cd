"""What speaks for each target that a text may be about, as numbers that a judge can weigh."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from index.embed import encode_one
from index.lexical import Lexical
from index.request import Request
from index.targets import KINDS, Target
from index.vectors import Vectors
from index.words import terms

PARTS = ("词", "字", "音", "共同的字词总共值多少", "意思")  # the first facts about a candidate, as people are shown them
_LOOK_AT = 20  # candidates from the words, and as many again from the meaning


@dataclass(frozen=True)
class Circumstances:
    """What is known besides the text: which targets may answer here and today, which are at home, which fit the aspect."""

    allowed: np.ndarray
    at_home: np.ndarray
    in_aspect: np.ndarray


@dataclass(frozen=True)
class Evidence:
    """The candidates (numbers of targets), the facts about each (rows: candidates), and about the text as a whole."""

    candidates: np.ndarray
    facts: np.ndarray
    whole: np.ndarray


@dataclass(frozen=True)
class Parts:
    """All that a search measures with, made from one set of knowledge."""

    targets: Sequence[Target]
    model: SentenceTransformer
    lexical: Lexical
    vectors: Vectors
    request: Request

    def weigh(self, said: str, given: Circumstances) -> Evidence:
        """Find the candidates for a normalised text and what speaks for each of them."""
        told = terms(said)
        families, mass, heard = self.lexical.scores(told)
        vector = encode_one(self.model, said, told)
        total = np.where(given.allowed, families.sum(axis=0), -1.0)
        chosen = self._candidates(total, vector, given.allowed)
        shared, sums = families[:, chosen] / np.maximum(mass, 1e-6)[:, None], total[chosen]
        near = self.vectors.cosines(vector, chosen)
        own = np.column_stack([*shared, sums / 10, near])
        behind = own - own.max(axis=0)
        whole = np.array([heard.mean(), np.log1p(len(said)), shared.max(axis=1).mean(), near.max(), given.in_aspect.any(), self.request.score(told)])
        shown = np.broadcast_to(whole, (len(chosen), len(whole)))
        facts = np.column_stack([own, behind, shown, self._kinds[chosen], given.at_home[chosen], given.in_aspect[chosen]])
        return Evidence(chosen, facts.astype(np.float32), whole.astype(np.float32))

    def _candidates(self, total: np.ndarray, vector: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """The best by words and the nearest in meaning."""
        count = min(_LOOK_AT, len(total))
        by_words = np.argpartition(-total, count - 1)[:count]
        chosen = np.union1d(by_words, self.vectors.near(vector, count))
        return chosen[allowed[chosen]]

    @cached_property
    def _kinds(self) -> np.ndarray:
        return np.eye(len(KINDS), dtype=np.float32)[[KINDS.index(target.kind) for target in self.targets]]

    def save(self, folder: Path) -> None:
        self.lexical.save(folder / "lexical")
        self.vectors.save(folder / "vectors.faiss")
        self.request.save(folder / "request")

    @classmethod
    def load(cls, folder: Path, targets: Sequence[Target], model: SentenceTransformer) -> "Parts":
        return cls(targets, model, Lexical.load(folder / "lexical"), Vectors.load(folder / "vectors.faiss"), Request.load(folder / "request"))
