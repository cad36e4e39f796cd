"""Text as the index sees it: one normal form, and its terms: words, characters, and what it sounds like."""

import logging
import re
import sys
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import jieba
from opencc import OpenCC
from pypinyin import lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

jieba.setLogLevel(logging.WARNING)

FAMILIES = "wcs"  # words, characters and pairs of them, pairs of syllables: the first letter of every term
_LONGEST = 400
_NOT_SAID = re.compile(r"[^0-9a-z\u3400-\u9fff]+")
_FILLERS = re.compile(
    "麻烦问一下|我想问一下|我想问下|想问一下|想问下|请问一下|请问下|我想请问|请问|问一下|问下|你好|您好|打扰了|谢谢|"
    "前几天|头几天|这几天|那几天|前两天|这两天|[啊呀呢嘛哦噢哎唉嗯呗哩嘞]"
)
_LETTERS = re.compile("[a-z]")
_SIMPLER = OpenCC("t2s")


def keep_whole(words: Iterable[str]) -> None:
    """Tell the word segmenter which words it must not split."""
    for word in words:
        jieba.add_word(word)


def simple(text: str) -> str:
    """The text in simplified characters, otherwise as it was written."""
    return _SIMPLER.convert(text)


def normalise(text: str) -> str:
    """Reduce a text to what was said: width, case, traditional forms, punctuation, symbols and fillers do not count.

    Of an over-long text the beginning and the end are kept: that is where people put their need.
    """
    said = _NOT_SAID.sub("", unicodedata.normalize("NFKC", text).lower())
    said = simple(said)
    said = _FILLERS.sub("", said) or said
    if len(said) > _LONGEST:
        said = said[: _LONGEST // 2] + said[-_LONGEST // 2 :]
    return said


def terms(text: str) -> list[str]:
    """The terms of a text, each once, in a stable order; the first letter of each tells its family."""
    said = normalise(text)
    heard = sounds(said)
    found = {f"w{word}" for word in jieba.cut(said, HMM=False)}
    found |= {f"c{character}" for character in said}
    found |= {f"c{first}{second}" for first, second in zip(said, said[1:])}
    found |= {f"s{first} {second}" for first, second in zip(heard, heard[1:])}
    return sorted(found)


@lru_cache(maxsize=None)
def known_terms(text: str) -> tuple[str, ...]:
    """The terms of a text of the knowledge, needed again and again while an index is built; what people type is not kept."""
    return tuple(map(sys.intern, terms(text)))


def is_pinyin(said: str) -> bool:
    """Whether a normalised text is nothing but spelt-out syllables: 「kainaichadian」."""
    return bool(_SPELT.fullmatch(said))


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    """The sound of one character as both speech recognition and a county's tongue have it."""
    return _blurred(lazy_pinyin(character)[0])


def sounds(said: str) -> list[str]:
    """The syllables of a normalised text, those spelt in letters included."""
    if not _LETTERS.search(said):
        return [_syllable(character) for character in said]
    found = []
    for run in re.findall(r"[a-z]+|[^a-z]", said):
        if len(run) > 1 and _SPELT.fullmatch(run):
            found += [_blurred(syllable) for syllable in _ONE.findall(run)]
        else:
            found += [_syllable(character) for character in run]
    return found


def _blurred(syllable: str) -> str:
    """zh, ch, sh are z, c, s, and -ng is -n: few tell them apart when they speak, and fewer when they type."""
    return re.sub("ng$", "n", re.sub("^([zcs])h", r"\1", syllable))


def _spellings() -> str:
    """Every syllable of Mandarin without tones, the longest first."""
    heard = {unicodedata.normalize("NFD", sound.split(",")[0]) for sound in pinyin_dict.values()}
    plain = {re.sub(r"[^a-z]", "", sound) for sound in heard}
    return "|".join(sorted((sound for sound in plain if re.search("[aeiouv]", sound)), key=lambda sound: (-len(sound), sound)))


_ONE = re.compile(_spellings())
_SPELT = re.compile(f"(?:{_ONE.pattern})+")
