"""The words that searching needs beside the guides: knowledge/lexicon.yml."""

import re
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

import knowledge
from knowledge.schema import Aspect

PATH = Path(knowledge.__file__).parent / "lexicon.yml"


class LexiconError(Exception):
    """The lexicon cannot be used; the message says where and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Frames(_Strict):
    """What people say before and after the thing they mean; `opening` and `closing` only with a trade."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    opening: tuple[str, ...]
    closing: tuple[str, ...]


class Lexicon(_Strict):
    """Words that tell an aspect, words kept whole, words that say nothing or everywhere, frames, and the talk of each trade."""

    aspects: dict[Aspect, tuple[str, ...]]
    words: tuple[str, ...]
    hollow: tuple[str, ...]
    everywhere: tuple[str, ...]
    passing: tuple[str, ...]
    wish: str
    frames: Frames
    trades: dict[int, str]

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever the lexicon does."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @cached_property
    def _aspects(self) -> dict[str, Aspect]:
        return {phrase.lower(): aspect for aspect, phrases in reversed(self.aspects.items()) for phrase in phrases}

    @cached_property
    def _phrases(self) -> re.Pattern:
        return _any_of(self._aspects)

    @cached_property
    def _passing(self) -> re.Pattern:
        return _any_of(self.passing)

    @cached_property
    def _empty(self) -> re.Pattern:
        return _any_of({*self.hollow, *self._aspects})

    def aspect(self, said: str) -> Aspect | None:
        """The aspect that a normalised question is about: the longest phrase in it decides."""
        phrase = self._asked(said)
        return self._aspects[phrase] if phrase else None

    def aspects_in(self, said: str) -> tuple[Aspect, ...]:
        """Every aspect that a normalised question is about, in the order in which they are said."""
        asked = self._passing.sub(" ", said)
        return tuple(dict.fromkeys(self._aspects[phrase] for phrase in self._phrases.findall(asked)))

    def topic(self, said: str) -> str:
        """What a normalised question is about, without the phrase that tells its aspect: 「开奶茶店」 of 「开奶茶店要多少钱」."""
        phrase = self._asked(said)
        return said.replace(phrase, "").removesuffix("要") if phrase else said

    def _asked(self, said: str) -> str | None:
        asked = self._passing.sub(" ", said)
        return max((phrase for phrase in self._aspects if phrase in asked), key=len, default=None)

    def is_wish(self, text: str) -> bool:
        """Whether somebody says that they want to open or get something, rather than asks or complains about it."""
        return bool(self._wish.search(text))

    @cached_property
    def _wish(self) -> re.Pattern:
        return re.compile(self.wish)

    def is_hollow(self, said: str) -> bool:
        """Whether nothing is left of a normalised text when aspect words and empty words are taken away."""
        return len(self._empty.sub("", said)) < 2

    def framed(self, text: str, draw: Random, trade: bool) -> str:
        """The text as it might be said in passing, with random words around it."""
        before = self.frames.before + (self.frames.opening if trade else ())
        after = self.frames.after + (self.frames.closing if trade else ())
        return (draw.choice(before) if draw.random() < 0.7 else "") + text + (draw.choice(after) if draw.random() < 0.7 else "")


def _any_of(phrases: Iterable[str]) -> re.Pattern:
    """Any of these phrases, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(phrases, key=lambda phrase: (-len(phrase), phrase)))))


def load(path: Path = PATH) -> Lexicon:
    """Read the lexicon; raises LexiconError."""
    try:
        return Lexicon.model_validate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise LexiconError(f"说法表 {path.name} 读不了：{error}\n请改好这个文件，再运行 .venv/bin/python -m index build") from error
