"""Builds the index: trains the model, embeds every way of asking, learns to judge, and stores it all.

The folder afterwards holds `model/` (the embedded model, if it was trained), the lexical part, the vectors, the judge,
and `index.json`: what all of this was made from. A rebuild after a small change keeps what was learned and embeds
only what is new.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from index import embed, lexicon as lexicons, store
from index.calibrate import leave_out, measure, questions
from index.evidence import Parts
from index.judge import Judge
from index.lexical import make_lexical
from index.lexicon import Lexicon
from index.opinion import Limits
from index.request import Request, learn_request
from index.search import Index
from index.targets import Target, framed, make_targets, to_learn_from
from index.vectors import make_vectors
from index.words import keep_whole
from knowledge.entries import Entry
from knowledge.schema import Elsewhere, Trial

Say = Callable[[str], None]
WORN = 0.02  # share of new texts beyond which a model and its limits are learned anew


@dataclass(frozen=True)
class Sources:
    """All that an index is made from."""

    entries: Sequence[Entry]
    elsewhere: Sequence[Elsewhere]
    trials: Sequence[Trial]
    lexicon: Lexicon

    @cached_property
    def targets(self) -> list[Target]:
        """What can be found, and how people say it."""
        return make_targets(self.entries, self.elsewhere, self.lexicon)

    @cached_property
    def texts(self) -> np.ndarray:
        """The hashes of all that is learned from."""
        return text_hashes([text for target in self.targets for text in target.texts] + [trial.q for trial in self.trials])


@dataclass(frozen=True)
class Learned:
    """What outlives a small change: the model, what a request is, how to judge, the limits; and of which texts it was learned."""

    model: SentenceTransformer
    request: Request | None
    judge: Judge
    limits: Limits
    curve: list[tuple[float, float, float]]
    texts: np.ndarray


def build(
    entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], trials: Sequence[Trial], folder: Path, model: str | None = None, say: Say = print
) -> Index:
    """Build the index of the entries under `folder`, replacing an older one; returns it.

    `model` is the path or hub name of a sentence-transformers model; without it the embedded one is trained.
    """
    sources = Sources(entries, elsewhere, trials, lexicons.load())
    keep_whole(sources.lexicon.words)
    known = Known()
    learned = _kept(folder, sources, model, known) or _learn(sources, model, known, say)
    parts = make_parts(sources.targets, learned.model, known, learned.request)
    say(f"搜索索引：{known.embedded} 句算了向量，别的沿用")
    index = Index(entries, elsewhere, sources.lexicon, parts, learned.judge, learned.limits)
    _save(index, learned, known, folder, model)
    say(f"搜索索引：好了，{len(entries)} 条，在 {folder}")
    return index


class Known:
    """The vectors of texts by the hash of their content, so that no text is embedded twice."""

    def __init__(self) -> None:
        self.vectors: dict[int, np.ndarray] = {}
        self.asked: set[int] = set()
        self.embedded = 0

    def rows(self, texts: Sequence[str], model: SentenceTransformer) -> np.ndarray:
        """The vectors of the texts, one row each; only those never met are embedded."""
        hashes = text_hashes(texts).tolist()
        new = {number: text for number, text in zip(hashes, texts) if number not in self.vectors}
        if new:
            self.vectors.update(zip(new, embed.encode(model, list(new.values()))))
        self.asked.update(hashes)
        self.embedded += len(new)
        return np.stack([self.vectors[number] for number in hashes])

    def save(self, path: Path) -> None:
        """Store those that were asked for; the others are of texts that are gone."""
        hashes = sorted(self.asked)
        np.savez(path, hashes=np.array(hashes, np.uint64), vectors=np.stack([self.vectors[number] for number in hashes]).astype(np.float16))

    def load(self, path: Path) -> None:
        with np.load(path) as stored:
            self.vectors = dict(zip(stored["hashes"].tolist(), stored["vectors"].astype(np.float32)))


def make_parts(targets: Sequence[Target], model: SentenceTransformer, known: Known, request: Request | None = None) -> Parts:
    """Count and embed what people say of the targets; and learn what a request is, if that is not known."""
    rows = known.rows([text for target in targets for text in target.texts], model)
    vectors = make_vectors(rows, [len(target.texts) for target in targets])
    return Parts(targets, model, make_lexical([target.texts for target in targets]), vectors, request or learn_request(to_learn_from(targets)))


def text_hashes(texts: Sequence[str]) -> np.ndarray:
    """A number for each text that no other text is likely to have."""
    return np.array([int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) for text in texts], np.uint64)


def _learn(sources: Sources, model: str | None, known: Known, say: Say) -> Learned:
    """Train the model and the judge. Both learn from four fifths of the ways of asking, so that the fifth can tell how good they are."""
    left, out = leave_out(to_learn_from(sources.targets))
    sentences = embed.load(model) if model else embed.train(*framed(left, sources.lexicon, embed.SEED), say)
    say("搜索索引：拿留出的说法和试问，学怎么掂量")
    blind = Index(sources.entries, sources.elsewhere, sources.lexicon, make_parts(left, sentences, known), Judge({}), Limits(0.0, 0.0))
    judge, limits, curve = measure(blind, questions(blind, out, sources.trials))
    say(f"搜索索引：有 {limits.answer_from:.0%} 的把握才答，有 {limits.refuse_below:.0%} 的可能是我们的事才反问")
    return Learned(sentences, None, judge, limits, curve, sources.texts)


def _kept(folder: Path, sources: Sources, model: str | None, known: Known) -> Learned | None:
    """What the index already there has learned, if that is still good; its vectors are then known."""
    try:
        about = store.read(folder)
    except store.StaleIndex:
        return None
    texts = np.load(folder / "learned.npy")
    if about.model != model or about.lexicon != sources.lexicon.fingerprint or np.isin(sources.texts, texts, invert=True).mean() > WORN:
        return None
    sentences = embed.load(model or folder / "model")
    if store.fingerprint(sentences) != about.probe:
        return None
    known.load(folder / "known.npz")
    return Learned(sentences, Request.load(folder / "request"), Judge.load(folder / "judge.npz"), Limits(**about.limits), about.curve, texts)


def _save(index: Index, learned: Learned, known: Known, folder: Path, model: str | None) -> None:
    """Write the index beside the old one and change places: who is reading the old one is not disturbed."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    index.parts.save(fresh)
    learned.judge.save(fresh / "judge.npz")
    np.save(fresh / "learned.npy", learned.texts)
    known.save(fresh / "known.npz")
    if model is None:
        learned.model.save(str(fresh / "model"), create_model_card=False)
    store.About(
        store.FORMAT, model, store.fingerprint(learned.model), index.lexicon.fingerprint,
        {entry.id: store.content_hash(entry) for entry in index.entries}, store.content_hash(index.elsewhere), asdict(learned.limits), learned.curve,
    ).save(fresh)
    worn = folder.with_name(folder.name + ".old")
    shutil.rmtree(worn, ignore_errors=True)
    if folder.exists():
        folder.rename(worn)
    fresh.rename(folder)
    shutil.rmtree(worn, ignore_errors=True)
