"""Everything wrong with a draft, in Chinese, at once.

The schema says the shape and how values are written; what a schema cannot say (items referring to
items) is checked here. Messages never repeat a value: a fault may end up in somebody's log.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import phonenumbers
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from stdnum import exceptions as stdnum
from stdnum.cn import ric

from intake.refusals import Fault

SCHEMA = json.loads((Path(__file__).parent.parent / "consult" / "draft.schema.json").read_text(encoding="utf-8"))

formats = FormatChecker(formats=())
validator = Draft202012Validator(SCHEMA, format_checker=formats)

TYPES = {
    "string": "文字",
    "integer": "整数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "一组键和值",
    "null": "null",
}
FORMATS = {
    "date-time": "日期或时间不存在，请核对，例如 2026-11-21T09:30:00+08:00",
    "resident-id": "不是有效的居民身份证号码，请对照证件核对 18 位号码",
    "mobile": "不是有效的手机号码，请核对 11 位号码",
}
MESSAGES: dict[str, Callable[[ValidationError], str]] = {
    "type": lambda error: f"类型不对，应当是{_either(error.validator_value)}",
    "const": lambda error: f"只能是「{error.validator_value}」",
    "enum": lambda error: f"只能是其中之一：{'、'.join(error.validator_value)}",
    "pattern": lambda error: f"写法不对，应当是：{error.schema['description']}",
    "format": lambda error: FORMATS[error.validator_value],
    "minLength": lambda error: "不能空着，请填上内容",
    "maxLength": lambda error: f"太长了，最多 {error.validator_value} 个字",
    "minItems": lambda error: f"至少要有 {error.validator_value} 项",
    "uniqueItems": lambda error: "有重复的内容，每项只写一次",
    "minimum": lambda error: f"不能小于 {error.validator_value}",
}


def find_faults(draft: object, key: str) -> list[Fault]:
    """Every fault of a draft sent under the idempotency key `key`, one a place; empty if it is sound."""
    found: dict[str, str] = {}
    for place, message in (*_key(draft, key), *_shape(draft), *_repeated(draft), *_astray(draft), *_circular(draft)):
        found.setdefault(place, message)
    return [Fault(place=place, message=message) for place, message in found.items()]


def _key(draft: object, key: str) -> Iterator[tuple[str, str]]:
    if _at(draft, "reference") != {"reference": key}:
        yield "Idempotency-Key", "和草稿的 reference 不一致，两处要写同一个编号"


def _shape(draft: object) -> Iterator[tuple[str, str]]:
    for error in validator.iter_errors(draft):
        known, place = error.schema.get("properties", {}), [str(step) for step in error.absolute_path]
        match error.validator:
            case "required":
                for name in error.validator_value:
                    if name not in error.instance:
                        yield "/".join([*place, name]), f"缺少这一项，请补上：{known[name]['description']}"
            case "additionalProperties":
                for name in error.instance:
                    if name not in known:
                        yield "/".join([*place, name]), f"不认识这一项，请删掉；这里只能写：{'、'.join(known)}"
            case name:
                yield "/".join(place) or "整份草稿", MESSAGES[name](error)


def _repeated(draft: object) -> Iterator[tuple[str, str]]:
    """Ids that stand twice in the same list."""
    for section in ("questions", "items", "materials", "fields"):
        seen = set()
        for place, name in _at(draft, f"{section}/*/id").items():
            if name in seen:
                yield place, "标识和前面的重复了，同一列表里每项的标识要不同"
            seen.add(name)


def _astray(draft: object) -> Iterator[tuple[str, str]]:
    """References to items that are not in the draft."""
    for sources, targets, word in (
        ("items/*/after/*", "items/*/id", "前置事项的标识"),
        ("materials/*/items/*", "items/*/name", "事项名称"),
    ):
        known = set(_at(draft, targets).values())
        for place, name in _at(draft, sources).items():
            if name not in known:
                yield place, f"本草稿的 items 里没有这个{word}，请改正，或者把事项补上"


def _circular(draft: object) -> Iterator[tuple[str, str]]:
    """Items that wait for each other, so that none could ever begin."""
    places = {name: place.removesuffix("/id") for place, name in _at(draft, "items/*/id").items()}
    waits = {name: _at(draft, f"{place}/after/*").values() for name, place in places.items()}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        _, (first, *_rest) = error.args
        yield f"{places[first]}/after", "前置事项互相等待，绕成了一圈，哪一项都不能先办，请理顺先后"


def _at(draft: object, path: str) -> dict[str, str]:
    """Every text at a path such as "items/*/after/*", by its place; what is shaped otherwise is passed over."""
    found: dict[str, object] = {"": draft}
    for step in path.split("/"):
        found = {
            f"{place}/{name}".lstrip("/"): part
            for place, whole in found.items()
            for name, part in _parts(whole)
            if step in ("*", name)
        }
    return {place: text for place, text in found.items() if isinstance(text, str)}


def _parts(whole: object) -> Iterator[tuple[str, object]]:
    if isinstance(whole, dict):
        yield from whole.items()
    elif isinstance(whole, list):
        yield from ((str(place), part) for place, part in enumerate(whole))


def _either(types: str | list[str]) -> str:
    return "或".join(TYPES[name] for name in ([types] if isinstance(types, str) else types))


@formats.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@formats.checks("resident-id", raises=stdnum.ValidationError)
def _is_resident_id(value: object) -> bool:
    """GB 11643: length, digits, check digit and date of birth.

    The place of birth is left out on purpose. The library holds the area code against the year of
    birth, but a number bears the code of the day it was given: 411421 exists since 1997 and stands
    on the cards of many people born before.
    """
    if isinstance(value, str):
        with suppress(stdnum.InvalidComponent):
            ric.validate(value)
        ric.get_birth_date(value)
    return True


@formats.checks("mobile", raises=phonenumbers.NumberParseException)
def _is_mobile(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return phonenumbers.number_type(phonenumbers.parse(value, "CN")) == phonenumbers.PhoneNumberType.MOBILE
