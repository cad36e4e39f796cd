"""What a text shares with what people are known to say: BM25, for words, characters and sounds apart.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009). A target's title and ways of
asking are one document. The three families are scored apart because they fail apart: a typo keeps the sounds,
a word that the segmenter splits wrongly keeps its characters.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse

from index.words import FAMILIES, known_terms

K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Lexical:
    """One column of `weights` a term, one row a target; `rarity` is each term's inverse document frequency."""

    vocabulary: Sequence[str]
    weights: sparse.csc_matrix
    rarity: np.ndarray

    def scores(self, told: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each family: every target's score, the score that a perfect match would have, the share of it ever heard.

        Shapes (3, targets), (3,), (3,).
        """
        mass, heard = np.zeros(len(FAMILIES)), np.zeros(len(FAMILIES))
        targets, starts, worth = self.weights.shape[0], self.weights.indptr, self.weights.data
        found = []
        for term in told:
            family, column = FAMILIES.index(term[0]), self._columns.get(term)
            if column is None:
                mass[family] += self._rarest
            else:
                heard[family] += self.rarity[column]
                found.append(slice(starts[column], starts[column + 1]))
        if not found:
            return np.zeros((len(FAMILIES), targets)), mass, heard
        places, worths = np.concatenate([self._places[some] for some in found]), np.concatenate([worth[some] for some in found])
        scores = np.bincount(places, worths, minlength=len(FAMILIES) * targets).reshape(len(FAMILIES), targets)
        mass += heard
        return scores, mass, heard / np.maximum(mass, 1e-9)

    def shared(self, told: Sequence[str], target: int) -> dict[str, float]:
        """The terms that a text shares with one target, and what each is worth; for people who ask why."""
        row = self._rows[target]
        worth = dict(zip(row.indices, row.data))
        found = {term: float(worth[column]) for term in told if (column := self._columns.get(term)) in worth}
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {term: column for column, term in enumerate(self.vocabulary)}

    @cached_property
    def _places(self) -> np.ndarray:
        """Where each weight belongs when the scores of all families lie one behind the other."""
        family = np.array([FAMILIES.index(term[0]) for term in self.vocabulary])
        return self.weights.indices.astype(np.int64) + self.weights.shape[0] * np.repeat(family, np.diff(self.weights.indptr))

    @cached_property
    def _rows(self) -> sparse.csr_matrix:
        return self.weights.tocsr()

    @cached_property
    def _rarest(self) -> float:
        return float(_rarity(np.zeros(1), self.weights.shape[0])[0])

    def save(self, stem: Path) -> None:
        sparse.save_npz(f"{stem}.npz", self.weights)
        np.save(f"{stem}.rarity.npy", self.rarity)
        Path(f"{stem}.txt").write_text("\n".join(self.vocabulary), "utf-8")

    @classmethod
    def load(cls, stem: Path) -> "Lexical":
        vocabulary = Path(f"{stem}.txt").read_text("utf-8").split("\n")
        return cls(vocabulary, sparse.load_npz(f"{stem}.npz"), np.load(f"{stem}.rarity.npy"))


def make_lexical(texts: Sequence[Sequence[str]]) -> Lexical:
    """One document for the texts of each target."""
    counts = [Counter(term for text in said for term in known_terms(text)) for said in texts]
    vocabulary = sorted({term for count in counts for term in count})
    places = {term: place for place, term in enumerate(vocabulary)}
    ends = np.cumsum([0, *map(len, counts)])
    columns = np.fromiter((places[term] for count in counts for term in count), np.int32, ends[-1])
    often = np.fromiter((number for count in counts for number in count.values()), np.float32, ends[-1])
    rows = np.repeat(np.arange(len(counts)), np.diff(ends))
    family = np.array([FAMILIES.index(term[0]) for term in vocabulary])[columns]
    # Each family has its own length: a document has more characters than words.
    length = np.zeros((len(FAMILIES), len(counts)), np.float32)
    np.add.at(length, (family, rows), often)
    relative = length / np.maximum(length.mean(axis=1, keepdims=True), 1e-9)
    rarity = _rarity(np.bincount(columns, minlength=len(vocabulary)), len(counts))
    weight = often * (K1 + 1) / (often + K1 * (1 - B + B * relative[family, rows])) * rarity[columns]
    weights = sparse.csr_matrix((weight.astype(np.float32), columns, ends), shape=(len(counts), len(vocabulary)))
    return Lexical(vocabulary, weights.tocsc(), rarity)


def _rarity(documents: np.ndarray, total: int) -> np.ndarray:
    return np.log(1 + (total - documents + 0.5) / (documents + 0.5)).astype(np.float32)
