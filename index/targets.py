"""What a text can be about: the entries that people ask for in words of their own, and other business."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexicon import Lexicon
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

OTHER = "other"
MOST = 3_000  # targets to learn from; beyond, learning takes longer and finds no more
KINDS = ("guide", "fact", "hotline", "rule", OTHER)


@dataclass(frozen=True)
class Target:
    """An entry (its number in the list of entries) or other business (its number there), and how people say it."""

    kind: str
    number: int
    texts: tuple[str, ...]


def make_targets(entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], lexicon: Lexicon) -> list[Target]:
    """All targets in a stable order. What a guide merely derives has no words of its own and is found through its guide."""
    found = [Target(entry.kind, number, _texts(entry, lexicon)) for number, entry in enumerate(entries) if entry.asks or entry.kind != "fact"]
    return found + [Target(OTHER, number, (other.title, *other.asks)) for number, other in enumerate(elsewhere)]


def _texts(entry: Entry, lexicon: Lexicon) -> tuple[str, ...]:
    """Title and ways of asking; a rule's title names its document too, which nobody does."""
    title = entry.title.split(" ")[-1] if entry.kind == "rule" else entry.title
    trade = lexicon.trades.get(entry.matter, "").split() if entry.kind == "guide" else ()
    return (title, *entry.asks, *trade)


def to_learn_from(targets: Sequence[Target]) -> list[Target]:
    """All targets; of very many hotline entries a draw, which teaches as much. The order stays."""
    lines = [number for number, target in enumerate(targets) if target.kind == "hotline"]
    room = max(MOST - (len(targets) - len(lines)), 0)
    drawn = set(random.Random(0).sample(lines, min(len(lines), room)))
    return [target for number, target in enumerate(targets) if target.kind != "hotline" or number in drawn]


def framed(targets: Sequence[Target], lexicon: Lexicon, seed: int) -> tuple[Sequence[str], Sequence[int]]:
    """Every text with its target, for training; those of matters and other business again in a random frame.

    So a frame (「俺想开个…要啥手续」) comes to mean nothing, and only what stands in it counts.
    """
    draw, found = random.Random(seed), []
    for number, target in enumerate(targets):
        for text in target.texts:
            again = {"guide": 2 if len(text) <= 6 else 1, OTHER: 1}.get(target.kind, 0)
            found += [(text, number), *((lexicon.framed(text, draw, trade=target.kind == "guide"), number) for _ in range(again))]
    return tuple(zip(*found))
