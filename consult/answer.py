"""Reads what people type: a choice, a number, a date, a name, an ID number …

Every reader returns a Reading or raises Unreadable, whose message says in Chinese what is wrong
and what a good answer looks like. `exact` tells that the whole message is the answer and nothing
else, so that it needs no further understanding.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import cn2an
import dateparser
import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidComponent, InvalidLength, ValidationError

from consult import choose, quantity
from consult.choose import Unreadable
from knowledge.condition import UNSURE
from knowledge.schema import FormField, Option, Question

LONGEST = 200
LACKING = re.compile(r"^(我|俺)?(还|就|只)?(缺|差|少|没有?|没办)了?|(还?没有?(办|开|写|拿)?|还没.{1,2})$")


@dataclass(frozen=True)
class Reading:
    """What an answer means: the value to store, the person's own words, and whether that was all."""

    value: str | tuple[str, ...]
    said: str
    exact: bool


def read_question(question: Question, text: str) -> Reading:
    """Reads an answer to a situation question; 「不清楚」 is a good answer."""
    said = tidy(text)
    if choose.is_unsure(said):
        return Reading(UNSURE, said, exact=True)
    index = choose.by_number(said, len(question.options))
    if question.type == "number" and index is None:
        amount = quantity.read(said, question)
        return Reading(amount.band.value, amount.words, exact=amount.alone)
    option, exact = choose.pick(question.options, said, yes_no=question.type == "yes_no")
    return Reading(option.value, option.label if exact else said, exact)


def overhear(question: Question, text: str) -> Reading | None:
    """An answer volunteered somewhere in a longer sentence, or None. Cautious: better unheard than misheard."""
    said = tidy(text)
    try:
        if question.type == "number":
            amount = quantity.overhear(said, question)
            return amount and Reading(amount.band.value, amount.words, exact=False)
        option = choose.overhear(question.options, said, asked=False)
        return option and Reading(option.value, option.label, exact=False)
    except Unreadable:
        return None


def read_field(field: FormField, text: str, options: Sequence[Option] = (), today: date | None = None) -> Reading:
    """Reads a value for a form field; `options` replace the field's own where the situation decides them."""
    said = tidy(text)
    if not said:
        raise Unreadable(f"还没有填。比如：{field.example}")
    if len(said) > LONGEST:
        raise Unreadable(f"太长了，最多 {LONGEST} 个字，请写短一些。比如：{field.example}")
    if field.optional and (choose.is_skip(said) or choose.is_unsure(said)):
        return Reading("", said, exact=True)
    if choose.is_unsure(said) or said in ("跳过", "不填", "先不填"):
        raise Unreadable(f"这一项一定要填。比如：{field.example}")
    try:
        return READERS[field.type](said, field, options or field.options, today or date.today())
    except Unreadable as error:
        raise Unreadable(f"{error}。比如：{field.example}") from None


def tidy(text: str) -> str:
    """Full-width characters made plain, control characters and emoji dropped, blanks trimmed."""
    plain = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))
    kept = "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "So"))
    return kept.strip()


def _choice(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    option, exact = choose.pick(options, said, yes_no=field.type == "yes_no")
    return Reading(option.value, option.label, exact)


def _list(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    if choose.is_none(said):
        if not field.optional and field.role != "ready":
            raise Unreadable("这一项一定要写，一样一样写清")
        return Reading((), said, exact=True)
    if not options:
        named = tuple(part.strip() for part in re.split(r"[、,;]", said) if part.strip())
        return Reading(named, said, exact=len(named) > 1)
    named, rest = [], said.casefold()
    for option in options:
        if choose.typed(option.label) in rest:
            named, rest = [*named, option.value], rest.replace(choose.typed(option.label), "")
    parts = [part for part in (LACKING.sub("", part) for part in re.split(r"[、,;和及\s]+", rest)) if part]
    return Reading(tuple(dict.fromkeys([*named, *(choose.pick(options, part)[0].value for part in parts)])), said, exact=True)


def _number(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    amount = quantity.number(said)
    if amount is None:
        raise Unreadable("这里要填一个数字")
    return Reading(f"{amount:g}", said, exact=bool(re.fullmatch(r"[\d.]+", said)))


def _text(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    if re.fullmatch(r"\d{1,4}", said):
        raise Unreadable("这里要写文字说明，光写一个数看不明白")
    return Reading(said, said, exact="、" in said)  # nobody chats in enumerations


def _date(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    plain = re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", said)
    plain = re.sub(r"[号號]", "日", cn2an.transform(plain, "cn2an").replace(" ", ""))
    plain = plain if re.search(r"\d{4}", plain) or not re.search(r"\d+月", plain) else f"{today.year}年{plain}"
    day = dateparser.parse(plain, languages=["zh"], settings={
        "REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "YMD", "RELATIVE_BASE": datetime.combine(today, datetime.min.time()),
    })
    if day is None:
        raise Unreadable("没看出是哪一天，请写清年、月、日")
    return Reading(day.date().isoformat(), said, exact=True)


def _name(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    name = re.sub(r"^(我叫|我是|姓名[是为:]?|名字(叫|是)?|叫)", "", said).strip(" :。.")
    if not re.fullmatch(r"[\u4e00-\u9fff㐀-䶿]{1,10}([··•][\u4e00-\u9fff]{1,10})*|[A-Za-z][A-Za-z .'-]{1,40}", name) or len(name) < 2 or not choose.may_be_name(name):
        raise Unreadable("姓名要写身份证上的全名，至少两个字，不带数字和符号")
    return Reading(name, said, exact=choose.looks_like_name(name))


def _resident_id(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    """Length, digits, check digit and birth date (GB 11643-1999).

    The area code is left alone: stdnum compares it with the year of birth, and so refuses people who
    were numbered after their county got a new code.
    """
    digits = _digits(said, r"[^0-9A-Za-z]").upper()
    if len(digits) != 18:
        raise Unreadable(f"身份证号应当是 18 位，您写的是 {len(digits)} 位")
    if not digits[:-1].isdigit():
        raise Unreadable("身份证号前 17 位是数字，最后一位是数字或 X")
    if ric.calc_check_digit(digits) != digits[-1]:
        raise Unreadable("这个身份证号校验不对，多半有一位写错了，请对照证件再看一遍")
    try:
        born = ric.get_birth_date(digits)
    except InvalidComponent:
        born = None
    if born is None or not 1900 <= born.year or born > today:
        raise Unreadable("身份证号第 7 到 14 位是出生日期，这个日期不对，请对照证件再看一遍")
    return Reading(digits, said, exact=True)


def _uscc(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    code = _digits(said, r"[^0-9A-Za-z]").upper()
    try:
        return Reading(uscc.validate(code), said, exact=True)
    except InvalidLength:
        raise Unreadable(f"统一社会信用代码应当是 18 位，您写的是 {len(code)} 位") from None
    except ValidationError:
        raise Unreadable("统一社会信用代码校验不对，请对照营业执照再看一遍") from None


def _mobile(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    digits = re.sub(r"^(0086|86)(?=1\d{10}$)", "", _digits(said, r"\D"))
    if len(digits) != 11:
        raise Unreadable(f"手机号应当是 11 位，您写的是 {len(digits)} 位")
    number = phonenumbers.parse(digits, "CN")
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE:
        raise Unreadable("这个号码不是国内的手机号")
    return Reading(digits, said, exact=True)


def _address(said: str, field: FormField, options: Sequence[Option], today: date) -> Reading:
    if len(said) < 6 or not re.search(r"[\u4e00-\u9fff]{3}", said):
        raise Unreadable("地址太短，请写到街道（村）和门牌号")
    return Reading(said, said, exact=bool(re.search(r"[县区市镇乡街路村].*\d+\s*号", said)))


def _digits(said: str, junk: str) -> str:
    """The characters of a number, without blanks, dashes and words around it."""
    return re.sub(junk, "", re.sub(r"[\u4e00-\u9fff:]", "", said))


READERS: dict[str, Callable[[str, FormField, Sequence[Option], date], Reading]] = {
    "choice": _choice, "yes_no": _choice, "number": _number, "text": _text, "date": _date, "name": _name,
    "resident_id": _resident_id, "uscc": _uscc, "mobile": _mobile, "address": _address, "list": _list,
}
