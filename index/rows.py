"""Many short texts that can be searched two ways: by nearness of meaning (FAISS) and by shared n-grams."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from scipy import sparse
from sentence_transformers import SentenceTransformer

from index.words import BUCKETS, known_grams

# Comparing with every row is exact and fast up to here; beyond, a navigable graph keeps the time flat.
_EXACT_UP_TO = 50_000
_ASKED = 0.7  # how much what was asked counts, when texts of different length are compared


@dataclass(frozen=True)
class Rows:
    """Texts with their owners: `owners[i]` is the number of the record that row i speaks for."""

    owners: np.ndarray
    dense: faiss.Index
    postings: sparse.csr_matrix
    rarity: np.ndarray
    masses: np.ndarray

    def covered(self, bag: Sequence[int]) -> np.ndarray:
        """For each row, how much it shares with the query, by rarity, of what both say (Tversky's index)."""
        weights = self.rarity[bag]
        query = sparse.csr_matrix((weights, bag, [0, len(bag)]), shape=(1, BUCKETS))
        shared = (query @ self.postings).toarray()[0]
        return shared / np.maximum(_ASKED * weights.sum() + (1 - _ASKED) * self.masses, 1e-9)

    def near(self, vector: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The nearest rows and their cosines, nearest first."""
        cosines, rows = self.dense.search(vector[None], min(count, self.dense.ntotal))
        return rows[0], cosines[0]

    def close(self, vector: np.ndarray, bag: Sequence[int], weight: float, count: int = 50) -> dict[int, float]:
        """The best rows either way: owner → the score of its best row, in [0, 1].

        A row's score is its coverage and its cosine, the cosine weighing `weight`.
        """
        covered = self.covered(bag)
        likely = np.argpartition(-covered, min(count, len(covered)) - 1)[:count]
        rows = np.union1d(likely, self.near(vector, count)[0])
        cosines = np.stack([self.dense.reconstruct(int(row)) for row in rows]) @ vector
        best: dict[int, float] = {}
        for row, cosine in zip(rows, cosines):
            owner, score = int(self.owners[row]), weight * max(float(cosine), 0.0) + (1 - weight) * float(covered[row])
            best[owner] = max(best.get(owner, 0.0), score)
        return best

    def cosines(self, vector: np.ndarray, count: int = 50) -> dict[int, float]:
        """Owner → the cosine of its nearest row, among the rows nearest to the query."""
        best: dict[int, float] = {}
        for row, cosine in zip(*self.near(vector, count)):
            best.setdefault(int(self.owners[row]), max(float(cosine), 0.0))
        return best

    def save(self, stem: Path) -> None:
        faiss.write_index(self.dense, f"{stem}.faiss")
        sparse.save_npz(f"{stem}.postings.npz", self.postings)
        np.savez_compressed(f"{stem}.npz", owners=self.owners, rarity=self.rarity, masses=self.masses)

    @classmethod
    def load(cls, stem: Path) -> "Rows":
        with np.load(f"{stem}.npz") as stored:
            owners, rarity, masses = stored["owners"], stored["rarity"], stored["masses"]
        return cls(owners, faiss.read_index(f"{stem}.faiss"), sparse.load_npz(f"{stem}.postings.npz"), rarity, masses)


def make_rows(texts: Sequence[str], owners: Sequence[int], model: SentenceTransformer) -> Rows:
    """Embed the texts and count their n-grams."""
    vectors = encode(model, texts)
    dense = faiss.index_factory(vectors.shape[1], "Flat" if len(texts) <= _EXACT_UP_TO else "HNSW32", faiss.METRIC_INNER_PRODUCT)
    dense.add(vectors)
    counts = count_grams([known_grams(text) for text in texts])
    rarity = rarities(counts)
    return Rows(np.array(owners, dtype=np.int32), dense, counts.T.tocsr(), rarity, counts @ rarity)


def encode(model: SentenceTransformer, texts: Sequence[str]) -> np.ndarray:
    """Unit vectors of the texts, whatever the model."""
    return model.encode(list(texts), batch_size=256, normalize_embeddings=True, show_progress_bar=False).astype(np.float32)


def count_grams(bags: Sequence[Sequence[int]]) -> sparse.csr_matrix:
    """One row a bag, one column an n-gram, 1 where it occurs."""
    ends = np.cumsum([0] + [len(bag) for bag in bags])
    columns = np.fromiter((gram for bag in bags for gram in bag), dtype=np.int32, count=ends[-1])
    return sparse.csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(bags), BUCKETS))


def rarities(counts: sparse.csr_matrix) -> np.ndarray:
    """Inverse document frequency of every n-gram; one never seen counts as the rarest."""
    return (1 + np.log((1 + counts.shape[0]) / (1 + counts.getnnz(axis=0)))).astype(np.float32)
