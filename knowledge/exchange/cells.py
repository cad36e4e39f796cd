"""What a cell may hold: for each kind, how data is written into it and how it is read back.

Writing takes the data of a record (`None` for nothing said), reading takes the cell's text and raises Unreadable.
An empty cell always means that nothing is said.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.naming import Names, Unreadable
from knowledge.schema import Limit

Cell = str | int | date


@dataclass(frozen=True)
class Kind:
    """One kind of cell; `choices` are all that it may say, where that is a short list."""

    write: Callable[[object], Cell]
    read: Callable[[str], object]
    choices: tuple[str, ...] = ()

    def written(self, data: object) -> Cell:
        """The cell for some data, empty for none."""
        return "" if data is None or data == () or data == [] or data == {} else self.write(data)

    def taken(self, text: str) -> object:
        """The data of a cell's text, None for an empty one."""
        return self.read(text) if text else None


def whole(text: str) -> int:
    """A whole number from 0."""
    if not re.fullmatch(r"\d+", text):
        raise Unreadable((f"「{text}」不是整数", "请写成 0、1、2 这样的数"))
    return int(text)


def _decimal(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise Unreadable((f"「{text}」不是数", "请只写数，如 60")) from None
    return int(number) if number.is_integer() else number


def day(text: str) -> date:
    """A day, as 2026-11-21, 2026/11/21 or 2026年11月21日."""
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return date(*map(int, found.groups()))
    except (AttributeError, ValueError):
        raise Unreadable((f"「{text}」不是日期", "请写成 2026-11-21 这样")) from None


def _limit(text: str) -> dict:
    if text in ("当场办结", "当场", "即办"):
        return {"days": 0}
    if not (found := re.fullmatch(r"(\d+)\s*(个工作日|工作日|日)", text)):
        raise Unreadable((f"「{text}」看不出是几天", "请写成 20个工作日、15日或者当场办结"))
    return {"days": int(found[1]), **({"unit": "日"} if found[2] == "日" else {})}


def split_at(signs: str) -> Callable[[str], list[str]]:
    """Reads a list whose parts stand between any of the signs."""
    return lambda text: [part.strip() for part in re.split(f"[{signs}]", text) if part.strip()]


TEXT = Kind(str, str)
LINES = Kind("\n".join, split_at("\n"))  # one entry a line
WORDS = Kind("；".join, split_at("\n；;"))  # short entries on one line
KEYWORDS = Kind("\n".join, split_at("\n；;，,"))
WHOLE = Kind(int, whole)
DECIMAL = Kind(lambda number: _decimal(str(number)), _decimal)
DAY = Kind(lambda when: when, day)
LIMIT = Kind(lambda limit: Limit(**limit).words, _limit)


def named(names: Names) -> Kind:
    """One of some names."""
    few = tuple(names.words.values())
    return Kind(names.word, names.key, few if sum(map(len, few)) < 200 else ())


def several(names: Names) -> Kind:
    """Any of some names, one a line."""
    return Kind(lambda keys: "\n".join(map(names.word, keys)), lambda text: [names.key(word) for word in split_at("\n；;")(text)])


def one_of(kind: str, words: Mapping[object, str]) -> Kind:
    """One of a few fixed words."""
    return named(Names(kind, words, ""))


def said(kind: str, *words: str) -> Kind:
    """One of a few fixed words that stand in the files as they are."""
    return one_of(kind, dict(zip(words, words)))


FLAG = one_of("说法", {True: "是", False: "否"})
