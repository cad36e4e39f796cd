"""Builds the index: trains the model, embeds every phrasing, and stores it with the limits that were measured.

The folder afterwards holds `model/` (the embedded model, if it was trained), the phrasings of the matters,
the lines of facts and rules, two classifiers, and `index.json`: what all of this was made from.
"""

import json
import random
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from index import embed, lexicon as lexicons, matters
from index.calibrate import measure
from index.lexicon import Lexicon
from index.parts import Parts, guides, shelves
from index.documents import make_documents
from index.rows import encode, make_rows
from index.words import keep_whole, known_grams
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

FORMAT = 2
_PROBE = "想开个小饭店要带什么材料"


def build(entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], folder: Path, model: str | None = None, say: Callable[[str], None] = print) -> None:
    """Build the index of the entries under `folder`, replacing an older one.

    `model` is the path or hub name of a sentence-transformers model; without it the embedded one is trained.
    """
    lexicon = lexicons.load()
    keep_whole(lexicon.words)
    say("搜索索引：先留出五分之一的说法，量一量准不准")
    limits = measure(entries, elsewhere, lexicon, lambda known, others: make_parts(known, others, lexicon, model, say), say)
    say("搜索索引：用全部说法生成")
    parts = make_parts(entries, elsewhere, lexicon, model, say)
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    parts.save(fresh)
    if model is None:
        parts.model.save(str(fresh / "model"), create_model_card=False)
    about = {
        "format": FORMAT, "model": model, "probe": fingerprint(parts.model), "lexicon": lexicon.fingerprint,
        "limits": asdict(limits), "entries": {entry.id: content_hash(entry) for entry in entries},
        "elsewhere": [other.model_dump() for other in elsewhere],
    }
    (fresh / "index.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    say(f"搜索索引：好了，{len(entries)} 条，在 {folder}")


def make_parts(entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], lexicon: Lexicon, model: str | None, say: Callable[[str], None]) -> Parts:
    """Train and embed, without saving. The classes are the guides in their order, then the other business, then the shelves."""
    said = [_said(guide, lexicon) for guide in guides(entries)]
    ours = len(said)
    said += [(other.title, *other.asks) for other in elsewhere]
    said += [tuple(text for entry in entries if entry.shelf == shelf for text in _asked(entry)) for shelf in shelves(entries)]
    texts = [text for group in said for text in group]
    classes = [number for number, group in enumerate(said) for _ in group]
    framed, owners = _framed(texts, classes, ours, ours + len(elsewhere), lexicon)
    sentences = embed.load(model) if model else embed.train(framed, owners, say)
    bags = [known_grams(text) for text in framed]
    linear, business = matters.fit(bags, owners), matters.fit(bags, [int(owner < ours) for owner in owners])
    told = {number: lines for number, entry in enumerate(entries) if entry.kind != "guide" and (lines := _lines(entry))}
    rows = [(text, number) for number, lines in told.items() for text in lines]
    lines = make_rows(*zip(*rows), sentences) if rows else None
    documents = make_documents(list(told.values()), list(told))
    questions = make_documents([_asked(entries[number]) for number in told], list(told))
    return Parts(sentences, make_rows(texts, classes, sentences), lines, documents, questions, linear, business, ours, ours + len(elsewhere))


def content_hash(entry: Entry) -> str:
    """Changes whenever anything about the entry does."""
    return sha256(repr(entry).encode()).hexdigest()[:16]


def fingerprint(model: SentenceTransformer) -> str:
    """Tells models apart by what they make of one sentence."""
    return sha256(np.round(encode(model, [_PROBE])[0], 2).tobytes()).hexdigest()[:16]


def _said(guide: Entry, lexicon: Lexicon) -> tuple[str, ...]:
    return (guide.title, *guide.asks, *lexicon.trades.get(guide.matter, "").split())


def _asked(entry: Entry) -> list[str]:
    """The questions that an entry answers; a rule's title names its document too, which nobody does."""
    return [entry.title.split(" ")[-1] if entry.kind == "rule" else entry.title, *entry.asks]


def _lines(entry: Entry) -> list[str]:
    """A fact, rule or hotline entry, sentence by sentence. What a guide derives has no words of its own."""
    if entry.kind == "fact" and not entry.asks:
        return []
    sentences = [part for part in re.split(r"[。；！？\n]", entry.text) if len(part) > 3]
    return [entry.title, *entry.asks, *sentences]


def _framed(texts: Sequence[str], classes: Sequence[int], ours: int, shelved: int, lexicon: Lexicon) -> tuple[list[str], list[int]]:
    """The texts, and those of matters and other business again in random frames, so that a frame comes to mean nothing."""
    draw = random.Random(embed.SEED)
    more, owners = list(texts), list(classes)
    for text, owner in zip(texts, classes):
        for _ in range(0 if owner >= shelved else 4 if len(text) <= 6 else 2):
            more.append(lexicon.framed(text, draw, trade=owner < ours))
            owners.append(owner)
    return more, owners
