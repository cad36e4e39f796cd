"""Text as the index sees it: one normal form, and the n-grams that both the embedding and the lexical score count."""

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

import jieba
from pypinyin import lazy_pinyin

jieba.setLogLevel(logging.WARNING)

BUCKETS = 1 << 20  # so many that two n-grams hardly ever share a number
_LONGEST = 400
_NOT_SAID = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_FILLERS = re.compile(
    "麻烦问一下|我想问一下|我想问下|想问一下|想问下|请问一下|请问下|我想请问|请问|问一下|问下|你好|您好|打扰了|谢谢|"
    "[啊呀呢嘛哦噢哎唉嗯呗哩嘞]"
)


def keep_whole(words: Iterable[str]) -> None:
    """Tell the word segmenter which words it must not split."""
    for word in words:
        jieba.add_word(word)


def normalise(text: str) -> str:
    """Reduce a text to what was said: width, case, punctuation, symbols and fillers do not count.

    Of an over-long text the beginning and the end are kept: that is where people put their need.
    """
    said = _NOT_SAID.sub("", unicodedata.normalize("NFKC", text).lower())
    said = _FILLERS.sub("", said) or said
    if len(said) > _LONGEST:
        said = said[: _LONGEST // 2] + said[-_LONGEST // 2 :]
    return said


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    """The sound of one character, without tone, so that a slip of the input method still meets its word."""
    return lazy_pinyin(character)[0]


def grams(text: str) -> list[int]:
    """The hashed character n-grams, words and pinyin n-grams of a text, each once, in a stable order."""
    said = normalise(text)
    sounds = [_syllable(character) for character in said]
    found = {f"w{word}" for word in jieba.cut(said)}
    for size in (1, 2, 3):
        for start in range(len(said) - size + 1):
            found.add("c" + said[start : start + size])
            found.add("p" + " ".join(sounds[start : start + size]))
    return sorted({crc32(gram.encode()) % BUCKETS for gram in found})


# For the knowledge's own texts, which are needed again and again while an index is built; what people type is not kept.
known_grams = lru_cache(maxsize=None)(grams)
