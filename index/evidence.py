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
from index.targets import KINDS, OTHER, Target
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
    wished: bool


@dataclass(frozen=True)
class Evidence:
    """The candidates (numbers of targets of ours), the facts about each (rows: candidates), and about the text as a whole.

    `other` is the business of others that the text is nearest to, if that is nearer than every candidate.
    """

    candidates: np.ndarray
    facts: np.ndarray
    whole: np.ndarray
    other: int | None


@dataclass(frozen=True)
class Parts:
    """All that a search measures with, made from one set of knowledge."""

    targets: Sequence[Target]
    model: SentenceTransformer
    lexical: Lexical
    vectors: Vectors
    request: Request

    def weigh(self, said: str, given: Circumstances) -> Evidence:
        """Find the candidates for a normalised text and what speaks for each of them, and for the business of others."""
        told = terms(said)
        families, mass, heard = self.lexical.scores(told)
        vector = encode_one(self.model, said, told)

        def facts(found: np.ndarray, near: np.ndarray) -> np.ndarray:
            return np.vstack([found / np.maximum(mass, 1e-6)[:, None], found.sum(axis=0) / 10, near]).T
        chosen = self._candidates(families[:, : self._ours].sum(axis=0), vector, given.allowed[: self._ours])
        own = facts(families[:, chosen], self.vectors.cosines(vector, chosen))
        others = facts(families[:, self._ours :], self._other_means @ vector)
        best, rival = own.max(axis=0, initial=0.0), others.max(axis=0, initial=0.0)
        whole = np.array([heard.mean(), np.log1p(len(said)), given.in_aspect.any(), self.request.score(told), given.wished, *best, *(rival - best)])
        shown = np.broadcast_to(whole, (len(chosen), len(whole)))
        own = np.column_stack([own, own - best, shown, self._kinds[chosen], given.at_home[chosen], given.in_aspect[chosen]])
        return Evidence(chosen, own.astype(np.float32), whole.astype(np.float32), self._nearest(others, best))

    def _candidates(self, total: np.ndarray, vector: np.ndarray, allowed: np.ndarray) -> np.ndarray:
        """The best by words and the nearest in meaning."""
        count = min(_LOOK_AT, len(total))
        by_words = np.argpartition(-np.where(allowed, total, -1.0), count - 1)[:count]
        near = self.vectors.near(vector, 2 * count)
        chosen = np.union1d(by_words, near[near < self._ours])
        return chosen[allowed[chosen]]

    def _nearest(self, others: np.ndarray, best: np.ndarray) -> int | None:
        """The other business with the most evidence, if that is more than anything of ours has."""
        if not len(others):
            return None
        sums = others.sum(axis=1)
        return self._ours + int(sums.argmax()) if sums.max() > best.sum() else None

    @cached_property
    def _ours(self) -> int:
        """How many targets are ours; those of others come after them."""
        return sum(target.kind != OTHER for target in self.targets)

    @cached_property
    def _other_means(self) -> np.ndarray:
        return self.vectors.means.reconstruct_n(self._ours, len(self.targets) - self._ours)

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
