"""Names: the words that people write where the files have ids, and back.

A name that several ids share is written with its id, 「维修项目（repair_items）」, so that no word is ever ambiguous.
"""

import re
from collections import Counter
from collections.abc import Container, Mapping
from difflib import get_close_matches
from unicodedata import normalize

from pypinyin import lazy_pinyin

FEW = 20  # so many names can be listed in a message; of more, only the closest


class Unreadable(ValueError):
    """What somebody wrote cannot be read; `faults` are pairs of what is wrong and what to do."""

    def __init__(self, *faults: tuple[str, str]):
        self.faults = faults
        super().__init__("；".join(f"{what}。{remedy}" for what, remedy in faults))


class Names:
    """The names of one kind of thing (`kind`, 「材料」), kept in `register` (「materials.yml」), by id."""

    def __init__(self, kind: str, names: Mapping[str, str], register: str):
        shared = {name for name, count in Counter(names.values()).items() if count > 1}
        self.kind, self.register = kind, register
        self.words = {key: f"{name}（{key}）" if name in shared else name for key, name in names.items()}
        self._keys = {_bare(said): key for written in (map(str, names), self.words.values()) for said, key in zip(written, names)}

    def word(self, key: str) -> str:
        """The word for an id; an id that nobody has named stands for itself."""
        return self.words.get(key, str(key))

    def key(self, word: str) -> str:
        """The id for a word (or for the id itself); raises Unreadable with the words that are known, or the closest of them."""
        if (found := self._keys.get(_bare(word))) is None:
            raise Unreadable((f"没有{self.kind}「{word}」", self._advice(word)))
        return found

    def _advice(self, word: str) -> str:
        words = list(filter(None, self.words.values()))
        if len(words) <= FEW:
            return f"只能写：{'、'.join(words)}" if words else f"请先在{self.register}里加上"
        close = get_close_matches(word, words, 3, 0.3) + [other for other in words if word and word in other][:3]
        alike = f"最像的是：{'、'.join(dict.fromkeys(close))}；" if close else ""
        return f"{alike}请照{self.register}里的名称写，没有的先在那里登记"


def new_id(words: str, taken: Container[str]) -> str:
    """An id for what people named only in words: its first syllables in pinyin, with a number if that is taken."""
    syllables = re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(normalize("NFKC", words))).lower())
    stem = "_".join(syllables[:4]) or "line"
    stem = stem if stem[0].isalpha() else f"n{stem}"
    return next(name for name in (stem, *(f"{stem}_{number}" for number in range(2, 10_000))) if name not in taken)


def _bare(word: str) -> str:
    """A word without blanks, full and half width alike."""
    return "".join(normalize("NFKC", word).split())
