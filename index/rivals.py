"""Other ways of ranking, to be measured beside ours: parts of it alone, and what one would take off the shelf.

None of them knows when to refuse. Each is given the same ways of asking, and each is a function from a text to the
numbers of targets, best first.
"""

from collections.abc import Callable, Sequence

import bm25s
import faiss
import jieba
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from index import embed
from index.evaluate import Rank
from index.search import Index
from index.targets import OTHER
from index.words import FAMILIES, normalise, terms

DEEP = 200  # how far down a list of single phrasings is read


def _allowed(index: Index, q: str, ranked: Sequence[int]) -> list[int]:
    """Without other business, without other places' rules, and each matter once."""
    allowed, groups, found = index.allowed(index.understand(q)), index.groups(), {}
    for target in ranked:
        if allowed[target] and index.parts.targets[target].kind != OTHER:
            found.setdefault(int(groups[target]), int(target))
        if len(found) == 3:
            break
    return list(found.values())


def _ours(index: Index) -> Rank:
    return lambda q: [target for target, _ in index.opinion(index.understand(q)).ranked]


def _words(families: str) -> Callable[[Index], Rank]:
    """BM25 alone, over some of the families of terms."""
    wanted = [FAMILIES.index(family) for family in families]

    def make(index: Index) -> Rank:
        def rank(q: str) -> Sequence[int]:
            scores, _, _ = index.parts.lexical.scores(terms(index.understand(q).said))
            return _allowed(index, q, np.argsort(-scores[wanted].sum(axis=0)))
        return rank
    return make


def _meaning(index: Index) -> Rank:
    """Our vectors alone."""
    def rank(q: str) -> Sequence[int]:
        said = index.understand(q).said
        return _allowed(index, q, index.parts.vectors.near(embed.encode_one(index.parts.model, said, terms(said)), DEEP))
    return rank


def _phrasings(index: Index) -> tuple[list[str], np.ndarray]:
    texts = [normalise(text) for target in index.parts.targets for text in target.texts]
    return texts, np.repeat(np.arange(len(index.parts.targets)), [len(target.texts) for target in index.parts.targets])


def _shelf_bm25(index: Index) -> Rank:
    """bm25s with its defaults over jieba's words, a document for each phrasing."""
    texts, owners = _phrasings(index)
    retriever = bm25s.BM25()
    retriever.index([list(jieba.cut(text)) for text in texts], show_progress=False)

    def rank(q: str) -> Sequence[int]:
        found, _ = retriever.retrieve([list(jieba.cut(index.understand(q).said))], k=DEEP, show_progress=False)
        return _allowed(index, q, owners[found[0]])
    return rank


def _shelf_tfidf(index: Index) -> Rank:
    """scikit-learn's TF-IDF over n-grams of 1 to 3 characters, the nearest phrasing by cosine."""
    texts, owners = _phrasings(index)
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    rows = vectoriser.fit_transform(texts).T.tocsr()

    def rank(q: str) -> Sequence[int]:
        cosines = (vectoriser.transform([index.understand(q).said]) @ rows).toarray()[0]
        return _allowed(index, q, owners[np.argsort(-cosines)[:DEEP]])
    return rank


def _shelf_nearest(index: Index) -> Rank:
    """The nearest phrasing by cosine in a flat index, with the model that the index has."""
    texts, owners = _phrasings(index)
    rows = embed.encode(index.parts.model, texts)
    flat = faiss.IndexFlatIP(rows.shape[1])
    flat.add(rows)

    def rank(q: str) -> Sequence[int]:
        _, found = flat.search(embed.encode(index.parts.model, [index.understand(q).said]), DEEP)
        return _allowed(index, q, owners[found[0]])
    return rank


WAYS: dict[str, Callable[[Index], Rank]] = {
    "本项目": _ours,
    "只用字词（BM25，三种合计）": _words(FAMILIES),
    "只用词": _words("w"),
    "只用字": _words("c"),
    "只用读音": _words("s"),
    "只用向量": _meaning,
    "bm25s + jieba": _shelf_bm25,
    "字 n-gram TF-IDF 最近一句": _shelf_tfidf,
    "sentence-transformers + FAISS 平铺": _shelf_nearest,
}
