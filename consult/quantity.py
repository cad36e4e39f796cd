"""Numbers as people say them (「六十来平」「八九十个平方」「不到100㎡」) and the band they fall into."""

import re
import unicodedata
from dataclasses import dataclass

import cn2an

from consult.choose import Unreadable
from knowledge.schema import Option, Question

DIGITS = "零一二三四五六七八九"
FIGURE = r"(?:\d+(?:\.\d+)?[万千百]?|[零一二两俩三四五六七八九十百千万半]+)"
LESS = r"不到|不足|少于|小于|低于|没到|不超过|顶多|最多"
OVER = r"超过|不止|多于|大于|高于|超出"
SPAN = re.compile(rf"(?:(?P<less>{LESS})|(?P<over>{OVER}))?\s*(?P<low>{FIGURE})(?:\s*(?:到|至|-|~|—|,|、)\s*(?P<high>{FIGURE}))?\s*(?P<more>多|出头)?(?P<about>来|左右|上下|把)?\s*(?P<unit>个)?")


@dataclass(frozen=True)
class Amount:
    """A quantity somebody named: the band it falls into, the words for it, and whether that was all they said."""

    band: Option
    words: str
    alone: bool


def number(said: str) -> float | None:
    """The first number in the words, Chinese or digits, or None."""
    found = re.search(FIGURE, said.replace(",", ""))
    return _value(found.group()) if found else None


def read(said: str, question: Question) -> Amount:
    """The band of an answer to `question`; raises Unreadable with an example."""
    for option in question.options:
        if said in (option.label, option.value, *option.says):
            return Amount(option, option.label, alone=True)
    amount = _amount(said, question, rf"(?:{_units(question)})?")
    if amount is None:
        bands = "、".join(f"{number}. {option.label}" for number, option in enumerate(question.options, 1))
        raise Unreadable(f"没看出是多少{question.unit}。请写数字，比如「60{question.unit}」，或回复序号：{bands}")
    return amount


def overhear(said: str, question: Question) -> Amount | None:
    """The band of a number that stands with its unit in a longer sentence, or None."""
    return _amount(said, question, rf"(?:{_units(question)})")


def _amount(said: str, question: Question, unit: str) -> Amount | None:
    found = re.search(SPAN.pattern + unit + r"(?:左右|上下|以内|以下|以上|往上|开外)?", said)
    if not found:
        return None
    low, high = _span(found)
    if re.search("以内|以下", found.group()) or found["less"]:
        low = high - 0.01
    if found["more"] or found["over"] or re.search("以上|往上|开外", found.group()):
        low = high = low + 0.01
    bands = {_band(low, question).value: _band(low, question), _band(high, question).value: _band(high, question)}
    if len(bands) > 1:
        raise Unreadable(f"「{found.group().strip()}」正好跨在「{'」和「'.join(b.label for b in bands.values())}」之间，请说个准数")
    words = f"{low:g}{question.unit}" if low == high else found.group().strip()
    return Amount(next(iter(bands.values())), words, alone=found.group().strip() == said.strip("。. 了吧的"))


def _span(found: re.Match) -> tuple[float, float]:
    """Lower and upper end of what was said; 「八九十」 is 80 to 90."""
    low, high = found["low"], found["high"]
    if spoken := re.fullmatch(r"([一二三四五六七八九])([一二三四五六七八九])([十百千])?", low):
        first, second = DIGITS.index(spoken[1]), DIGITS.index(spoken[2])
        if second == first + 1:
            scale = {"十": 10, "百": 100, "千": 1000}.get(spoken[3], 1)
            return first * scale, second * scale
    return _value(low), _value(high or low)


def _value(figure: str) -> float:
    try:
        return float(cn2an.cn2an(figure.replace("俩", "两"), "smart"))
    except ValueError:
        raise Unreadable(f"没看懂「{figure}」是多少，请写成数字") from None


def _band(amount: float, question: Question) -> Option:
    return next(option for option in question.options if option.upto is None or amount <= option.upto)


def _units(question: Question) -> str:
    units = {unicodedata.normalize("NFKC", unit) for unit in (question.unit, *question.units)}
    return "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
