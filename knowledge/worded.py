"""Conditions as words: 「营业执照＝还没有 且 （经营身份＝公司／合伙企业 或 雇人＝雇人）」, and back.

    condition = part { 且 part } | part { 或 part }
    part      = 不是（condition） | （condition） | topic＝label{／label}

Topics and labels are looked up, the longest first, so they may hold any sign. Half-width signs are read as well.
"""

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from knowledge.naming import Names, Unreadable
from knowledge.schema import Question, When

AND, OR = "且", "或"
DEEPEST = 20  # brackets in one condition; nobody could follow more
END_OF_LABEL = re.compile(rf"\s*([/|)]|{AND}|{OR}|$)")
UP_TO_SIGN = re.compile(rf"(.*?)(?=\s*[=/|()]|\s+[{AND}{OR}]|$)")
LIKE_THIS = "请写成：简称＝选项 且 简称＝选项／选项"


class Words:
    """The words of one guide's questions: id to topic, and to the labels of its options."""

    def __init__(self, topics: Mapping[str, str], labels: Mapping[str, Mapping[str, str]]):
        self.topics = Names("问题", topics, "「问题」表")
        self.labels = {name: Names(f"「{self.topics.word(name)}」的选项", options, "「问题」表") for name, options in labels.items()}

    @classmethod
    def of(cls, questions: Iterable[Question]) -> "Words":
        """The words of questions that have been read."""
        known = {question.id: question for question in questions}
        return cls({name: question.topic for name, question in known.items()},
                   {name: {option.value: option.label for option in question.options} for name, question in known.items()})

    def write(self, when: When) -> str:
        """A condition in words; nothing for one that always holds."""
        return self._joined(when)[0]

    def read(self, text: str) -> When:
        """The condition that words mean; raises Unreadable naming what is unknown, with what is known."""
        return _Reading(text, self).whole() if text.strip() else {}

    def _joined(self, when: When) -> tuple[str, str]:
        """The words of a condition, and the sign that joins them (none when it is a single part)."""
        parts = []
        for key, wanted in when.items():
            if key == "any":
                parts.append(_join([self._joined(part) for part in wanted], OR))
            elif key == "all":
                parts.append(_join([self._joined(part) for part in wanted], AND))
            elif key == "not":
                parts.append((f"不是（{self._joined(wanted)[0]}）", ""))
            else:
                parts.append((self._pair(key, wanted), ""))
        return _join(parts, AND)

    def _pair(self, question: str, wanted: object) -> str:
        values = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        options = self.labels.get(question)
        return f"{self.topics.word(question)}＝{'／'.join(options.word(value) if options else str(value) for value in values)}"


def _join(parts: list[tuple[str, str]], sign: str) -> tuple[str, str]:
    parts = [part for part in parts if part[0]]
    if len(parts) == 1:
        return parts[0]
    return f" {sign} ".join(f"（{text}）" if inner not in ("", sign) else text for text, inner in parts), sign


class _Reading:
    """A text that is read from its front; `left` is what has not been read yet."""

    def __init__(self, text: str, words: Words):
        self.left, self.words = _plain(text), words

    def whole(self) -> When:
        if self.left.count("(") > DEEPEST:
            raise Unreadable(("括号套得太多", "请分成几行写"))
        when = self._condition()
        if self.left:
            raise Unreadable((f"「{self.left}」接不上前面的条件", f"两个条件之间写「{AND}」或「{OR}」，括号要成对；{LIKE_THIS}"))
        return when

    def _condition(self) -> When:
        parts, signs = [self._part()], set()
        while sign := self._takes(AND, OR):
            signs.add(sign)
            parts.append(self._part())
        if len(signs) > 1:
            raise Unreadable((f"「{AND}」和「{OR}」混在一起，看不出先后", f"请加括号，如：甲＝一 {AND} （乙＝二 {OR} 丙＝三）"))
        return {"any": parts} if OR in signs else _together(parts)

    def _part(self) -> When:
        sign = self._takes("不是(", "不是 (", "(")
        if not sign:
            return self._pair()
        inner = self._condition()
        if not self._takes(")"):
            raise Unreadable(("括号没有关上", "请补上「）」"))
        return inner if sign == "(" else {"not": inner}

    def _pair(self) -> When:
        topics = {_plain(word): name for name, word in self.words.topics.words.items()}
        said = self._known(topics, re.compile(r"\s*="))
        question = topics[said] if said else self.words.topics.key(UP_TO_SIGN.match(self.left)[1])
        if not self._takes("="):
            raise Unreadable((f"「{self.words.topics.word(question)}」后面少了「＝选项」", LIKE_THIS))
        values = [self._label(self.words.labels[question])]
        while self._takes("/", "|"):
            values.append(self._label(self.words.labels[question]))
        return {question: values if len(values) > 1 else values[0]}

    def _label(self, options: Names) -> str:
        labels = {_plain(word): value for value, word in options.words.items()}
        said = self._known(labels, END_OF_LABEL)
        return labels[said] if said else options.key(UP_TO_SIGN.match(self.left)[1])

    def _known(self, words: Iterable[str], then: re.Pattern) -> str:
        """Takes the longest known word that stands here with `then` after it."""
        fitting = [word for word in words if self.left.startswith(word) and then.match(self.left, len(word))]
        return self._takes(max(fitting, key=len)) if fitting else ""

    def _takes(self, *words: str) -> str:
        """Takes the first of the words that stands here, with the blanks after it."""
        for word in words:
            if self.left.startswith(word):
                self.left = self.left[len(word):].lstrip()
                return word
        return ""


def _together(parts: list[When]) -> When:
    """All parts as one mapping, or as a list where two speak of the same thing."""
    merged: When = {}
    for part in parts:
        if merged.keys() & part.keys():
            return {"all": parts}
        merged |= part
    return merged


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).split())
