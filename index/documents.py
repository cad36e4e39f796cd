"""Facts, rules and hotline entries as whole documents: title, ways of asking and text together.

People seldom use the words of one sentence; spread over all that an entry says, their words find it.
Measured on held-out ways of asking: the right fact first 61 % by whole documents, 44 % by the best sentence.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from index.rows import rarities
from index.words import BUCKETS, known_grams


@dataclass(frozen=True)
class Documents:
    """`weights` has a row of unit length a document (logarithmic frequency by rarity); `owners[i]` is its entry's number."""

    owners: np.ndarray
    weights: sparse.csc_matrix
    rarity: np.ndarray

    def alike(self, bag: Sequence[int]) -> dict[int, float]:
        """Entry number → cosine between the query's n-grams and the document, for all that share anything."""
        query = self.rarity[bag]
        cosines = self.weights[:, bag] @ query / max(float(np.linalg.norm(query)), 1e-9)
        return {int(self.owners[row]): float(cosines[row]) for row in np.flatnonzero(cosines)}

    def save(self, stem: Path) -> None:
        sparse.save_npz(f"{stem}.weights.npz", self.weights)
        np.savez_compressed(f"{stem}.npz", owners=self.owners, rarity=self.rarity)

    @classmethod
    def load(cls, stem: Path) -> "Documents":
        with np.load(f"{stem}.npz") as stored:
            return cls(stored["owners"], sparse.load_npz(f"{stem}.weights.npz"), stored["rarity"])


def make_documents(texts: Sequence[Sequence[str]], owners: Sequence[int]) -> Documents:
    """One document for the texts of each owner."""
    counts = [Counter(gram for text in parts for gram in known_grams(text)) for parts in texts]
    ends = np.cumsum([0] + [len(count) for count in counts])
    columns = np.fromiter((gram for count in counts for gram in count), dtype=np.int32, count=ends[-1])
    often = np.fromiter((number for count in counts for number in count.values()), dtype=np.float32, count=ends[-1])
    weights = sparse.csr_matrix((1 + np.log(often), columns, ends), shape=(len(counts), BUCKETS))
    rarity = rarities(weights)
    weights = weights.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return Documents(np.array(owners, dtype=np.int32), sparse.diags(1 / np.maximum(lengths, 1e-9)).dot(weights).tocsc().astype(np.float32), rarity)
