"""What a text shares with what people are known to say: BM25, for words, characters and sounds apart.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009). A target's title and ways of
asking are one document. The three families are scored apart because they fail apart: a typo keeps the sounds,
a word that the segmenter splits wrongly keeps its characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse

from index.vocabulary import Vocabulary
from index.words import FAMILIES, known_terms

K1, B = 1.2, 0.75
_NOWHERE, _NOTHING = np.zeros(0, np.int64), np.zeros(0)


@dataclass(frozen=True)
class Lexical:
    """One column of `weights` a term, one row a target; `rarity` is each term's inverse document frequency."""

    vocabulary: Vocabulary
    weights: sparse.csc_matrix
    rarity: np.ndarray

    def scores(self, told: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each family: every target's score, the score that a perfect match would have, the share of it ever heard.

        Shapes (3, targets), (3,), (3,).
        """
        targets, starts = self.weights.shape[0], self.weights.indptr
        columns = self.vocabulary.places(told)
        heard = np.bincount(self._families[columns], self.rarity[columns], minlength=len(FAMILIES))
        mass = heard.copy()
        if len(columns) < len(told):
            for term in told:
                mass[FAMILIES.index(term[0])] += 0 if term in self.vocabulary else self._rarest
        found = [slice(starts[column], starts[column + 1]) for column in columns]
        places = np.concatenate([_NOWHERE, *(self._places[some] for some in found)])
        worths = np.concatenate([_NOTHING, *(self._worths[some] for some in found)])
        scores = np.bincount(places, worths, minlength=len(FAMILIES) * targets)
        return scores.reshape(len(FAMILIES), targets), mass, heard / np.maximum(mass, 1e-9)

    def shared(self, told: Sequence[str], target: int) -> dict[str, float]:
        """The terms that a text shares with one target, and what each is worth; for people who ask why."""
        row = self._rows[target]
        worth = dict(zip(row.indices, row.data))
        found = {term: float(worth[column]) for term in told for column in self.vocabulary.places([term]) if column in worth}
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    @cached_property
    def _places(self) -> np.ndarray:
        """Where each weight belongs when the scores of all families lie one behind the other."""
        return self.weights.indices.astype(np.int64) + self.weights.shape[0] * np.repeat(self._families, np.diff(self.weights.indptr))

    @cached_property
    def _worths(self) -> np.ndarray:
        """The weights as bincount wants them, so that they are not converted at every question."""
        return self.weights.data.astype(np.float64)

    @cached_property
    def _families(self) -> np.ndarray:
        return np.array([FAMILIES.index(term[0]) for term in self.vocabulary.terms])

    @cached_property
    def _rows(self) -> sparse.csr_matrix:
        return self.weights.tocsr()

    @cached_property
    def _rarest(self) -> float:
        return float(_rarity(np.zeros(1), self.weights.shape[0])[0])

    def save(self, stem: Path) -> None:
        sparse.save_npz(f"{stem}.npz", self.weights, compressed=False)
        np.save(f"{stem}.rarity.npy", self.rarity)
        self.vocabulary.save(Path(f"{stem}.txt"))

    @classmethod
    def load(cls, stem: Path) -> "Lexical":
        return cls(Vocabulary.load(Path(f"{stem}.txt")), sparse.load_npz(f"{stem}.npz"), np.load(f"{stem}.rarity.npy"))


def make_lexical(texts: Sequence[Sequence[str]]) -> Lexical:
    """One document for the texts of each target."""
    vocabulary, counts = count_terms(texts)
    rows, columns = np.repeat(np.arange(len(texts)), np.diff(counts.indptr)), counts.indices
    family = np.array([FAMILIES.index(term[0]) for term in vocabulary.terms])[columns]
    # Each family has its own length: a document has more characters than words.
    length = np.bincount(family * len(texts) + rows, counts.data, minlength=len(FAMILIES) * len(texts)).reshape(len(FAMILIES), len(texts))
    relative = length / np.maximum(length.mean(axis=1, keepdims=True), 1e-9)
    documents = np.bincount(columns, minlength=len(vocabulary))
    rarity = np.where(documents * 2 > len(texts), 0, _rarity(documents, len(texts)))  # what more than half of them say tells nothing
    often = counts.data
    weight = often * (K1 + 1) / (often + K1 * (1 - B + B * relative[family, rows])) * rarity[columns]
    weights = sparse.csr_matrix((weight.astype(np.float32), columns, counts.indptr), shape=counts.shape)
    weights.eliminate_zeros()
    return Lexical(vocabulary, weights.tocsc(), rarity)


def count_terms(texts: Sequence[Sequence[str]]) -> tuple[Vocabulary, sparse.csr_matrix]:
    """The terms in the order in which they are met, and how often each target's texts have each: a row a target, a column a term."""
    places: dict[str, int] = {}
    said = [[known_terms(text) for text in some] for some in texts]
    lengths = [sum(map(len, some)) for some in said]
    columns = np.fromiter((places.setdefault(term, len(places)) for some in said for told in some for term in told), np.int32, sum(lengths))
    counts = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, np.cumsum([0, *lengths])), shape=(len(texts), len(places)))
    counts.sum_duplicates()
    return Vocabulary(list(places)), counts


def _rarity(documents: np.ndarray, total: int) -> np.ndarray:
    return np.log(1 + (total - documents + 0.5) / (documents + 0.5)).astype(np.float32)
