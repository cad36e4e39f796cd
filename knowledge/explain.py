"""Turns what the YAML reader and pydantic complain about into Chinese with a remedy."""

from collections.abc import Iterator

from pydantic import ValidationError
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

REMEDIES = {
    "extra_forbidden": ("不认识的键「{key}」", "可能写错了字；请对照 knowledge/schema.py 里允许的键"),
    "missing": ("缺少「{key}」", "请补上这一项"),
    "string_type": ("应当是文字，现在是 {value}", "请加上引号写成文字"),
    "string_too_short": ("不能为空", "请写上内容，或删掉这一项"),
    "string_pattern_mismatch": ("「{value}」写法不对", "编号只能用小写英文字母、数字和下划线，并以字母开头"),
    "int_type": ("应当是整数，现在是 {value}", "请写成数字"),
    "int_parsing": ("应当是整数，现在是 {value}", "请写成数字"),
    "greater_than_equal": ("{value} 太小", "请写不小于 {ge} 的数"),
    "bool_type": ("应当是 true 或 false", "请改成 true 或 false"),
    "literal_error": ("「{value}」不在允许的范围里", "只能写：{expected}"),
    "too_short": ("太少，现在 {actual_length} 条", "至少要 {min_length} 条"),
    "tuple_type": ("应当是一个列表", "请每条前面写「- 」"),
    "list_type": ("应当是一个列表", "请每条前面写「- 」"),
    "dict_type": ("应当是「键: 值」", "请写成「键: 值」"),
    "model_type": ("应当是一组「键: 值」", "请写成「键: 值」"),
    "date_from_datetime_parsing": ("「{value}」不是日期", "请写成 2026-11-21 这样"),
    "date_type": ("「{value}」不是日期", "请写成 2026-11-21 这样"),
    "value_error": ("{error}", "请照此修改"),
}


def shape(error: ValidationError, data: object) -> Iterator[tuple[str, tuple[str, str]]]:
    """Place and (what, remedy) for every fault of a record."""
    for fault in error.errors():
        what, remedy = REMEDIES.get(fault["type"], ("写法不对（{msg}）", "请对照 knowledge/schema.py 修改"))
        about = {**fault.get("ctx", {}), "key": fault["loc"][-1] if fault["loc"] else "", "value": fault["input"], "msg": fault["msg"]}
        yield _place(fault["loc"], data), (what.format(**about), remedy.format(**about))


def yaml(error: MarkedYAMLError) -> tuple[str, str]:
    """What is wrong with the YAML itself, and what to do."""
    if isinstance(error, DuplicateKeyError):
        return "同一个键写了两遍", "请只留一个"
    return f"YAML 读不出来（{error.problem}）", "请检查缩进、冒号后的空格和引号"


def _place(path: tuple[int | str, ...], data: object) -> str:
    """「questions 第3条（area）的 options」: a path people can follow, naming records by their id."""
    words = []
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
        if isinstance(step, int):
            name = data.get("id") or data.get("material") or data.get("field") if isinstance(data, dict) else None
            words.append(f"第{step + 1}条" + (f"（{name}）" if name else ""))
        else:
            words.append(step)
    return " ".join(words)
