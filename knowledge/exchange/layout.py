"""Which columns the sheets have: for each part of a guide, and for the hotline list, the heads and the kinds of their cells."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError

from knowledge import explain
from knowledge.citation import Citations
from knowledge.exchange.cells import DAY, DECIMAL, FLAG, KEYWORDS, LIMIT, LINES, TEXT, WHOLE, WORDS, Kind, named, one_of, said, several
from knowledge.naming import Names
from knowledge.schema import Aspect, Hotline, Item, Level
from knowledge.worded import Words

SHEETS = {
    "asks": "问法", "questions": "问题", "conditions": "条件", "items": "事项", "materials": "材料", "fields": "表单",
    "steps": "步骤", "notes": "注意", "mistakes": "常见错误", "facts": "问答",
}
ASPECTS: dict[str, str] = dict(zip(get_args(Aspect), (
    "条件", "材料", "流程", "时间", "收费", "地点", "网上办", "依据", "结果", "咨询", "份数", "代办", "有效期",
)))


@dataclass(frozen=True)
class Column:
    """One column: its head, the key it stands for (「fee.text」 is `text` inside `fee`) and the kind of its cells."""

    head: str
    key: str
    kind: Kind

    def of(self, record: Mapping):
        """What a record says in this column."""
        for step in self.key.split("."):
            record = (record or {}).get(step)
        return record

    def into(self, record: dict, data: object) -> None:
        """Puts data into a record, or takes the key away where nothing is said."""
        *path, last = self.key.split(".")
        for step in path:
            record = record.setdefault(step, {})
        if data is None:
            record.pop(last, None)
        else:
            record[last] = data


Columns = tuple[Column, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The names that the cells of one guide may use: its questions and items, and all registers."""

    citations: Citations
    conditions: Words
    items: Names
    materials: Names
    fields: Names
    delivery: Names
    regions: Names

    @classmethod
    def of(cls, catalogue, conditions: Words, items: Mapping[str, str]) -> "Vocabulary":
        """The names of a guide with these questions and items (id to name)."""
        ways = (field.options for field in catalogue.fields.values() if field.role == "delivery")
        return cls(
            citations=Citations(catalogue.laws), conditions=conditions, items=Names("事项", items, "「事项」表"),
            materials=Names("材料", {key: material.name for key, material in catalogue.materials.items()}, " materials.yml "),
            fields=Names("字段", {key: field.label for key, field in catalogue.fields.items()}, " fields.yml "),
            delivery=Names("送达方式", {option.value: option.label for options in ways for option in options}, " fields.yml "),
            regions=regions(catalogue),
        )


def regions(catalogue) -> Names:
    """The regions that are registered."""
    return Names("地区", {name: name for name in catalogue.regions}, " regions.yml ")


def sourced(citations: Citations, head: str = "", key: str = "") -> Columns:
    """Where a line comes from, and from when to when it holds."""
    return (
        Column(f"{head}依据", f"{key}basis", Kind(citations.write, citations.read)),
        Column(f"{head}层级", f"{key}level", said("层级", *get_args(Level))),
        Column(f"{head}参考地", f"{key}place", TEXT),
        Column(f"{head}参考时间", f"{key}as_of", TEXT),
        Column(f"{head}生效", f"{key}effective", DAY),
        Column(f"{head}失效", f"{key}expires", DAY),
    )


def basics(names: Vocabulary) -> Columns:
    """What the first sheet says, one row each; the first two and the revision may not be changed there."""
    return (
        Column("序号", "number", WHOLE), Column("编号", "id", TEXT), Column("版本", "revision", TEXT),
        Column("标题", "title", TEXT), Column("地区", "region", named(names.regions)),
        Column("生效", "effective", DAY), Column("失效", "expires", DAY), Column("核对日", "reviewed", DAY),
        Column("牵头部门", "lead", TEXT), Column("适用对象", "audience", TEXT), Column("一句话", "summary", TEXT),
        Column("送达方式", "delivery", several(names.delivery)),
    )


def options() -> Columns:
    """The columns of an answer to a question; a question with three answers has three rows."""
    return (
        Column("选项编号", "value", TEXT), Column("选项", "label", TEXT), Column("不超过", "upto", DECIMAL), Column("也这样说", "says", WORDS),
    )


def sections(names: Vocabulary) -> dict[str, Columns]:
    """The columns of every part of a guide that is a list of records; those of a question without its answers."""
    when = Kind(names.conditions.write, names.conditions.read)
    source = sourced(names.citations)
    words = (Column("内容", "text", TEXT), Column("什么情况下", "when", when))
    line = (*words, Column("最先说", "first", FLAG), *source)
    return {
        "questions": _questions(names, when),
        "conditions": (*words, Column("要符合", "requires", when), Column("不符合怎么办", "otherwise", TEXT), *source),
        "items": _items(names, when),
        "materials": _materials(names, when),
        "fields": (
            Column("字段", "field", named(names.fields)), Column("什么情况下填", "when", when),
            Column("从哪题带出", "from_question", named(names.conditions.topics)), Column("固定值", "value", TEXT), Column("可以不填", "optional", FLAG),
        ),
        "steps": line, "notes": line, "mistakes": line,
        "facts": (
            Column("编号", "id", TEXT), Column("方面", "aspect", one_of("方面", ASPECTS)), Column("标题", "title", TEXT),
            Column("相似问", "asks", LINES), Column("答案", "text", TEXT), *source,
        ),
    }


def _questions(names: Vocabulary, when: Kind) -> Columns:
    return (
        Column("编号", "id", TEXT), Column("简称", "topic", TEXT), Column("问句", "ask", TEXT), Column("为什么问", "why", TEXT),
        Column("题型", "type", one_of("题型", {"choice": "选择", "yes_no": "是非", "number": "数字"})),
        Column("什么情况下问", "when", when), Column("拿不准时", "unsure", TEXT),
        Column("单位", "unit", TEXT), Column("单位也这样说", "units", WORDS), Column("依据", "basis", Kind(names.citations.write, names.citations.read)),
    )


def _items(names: Vocabulary, when: Kind) -> Columns:
    tier = said("办理层级", *get_args(Item.model_fields["tier"].annotation))
    return (
        Column("编号", "id", TEXT), Column("名称", "name", TEXT), Column("部门", "department", TEXT), Column("办理层级", "tier", tier),
        Column("什么情况下办", "when", when), Column("要先办完", "after", several(names.items)),
        Column("法定时限", "statutory", LIMIT), Column("承诺时限", "promised", LIMIT), Column("收费", "fee.text", TEXT),
        *sourced(names.citations, "收费", "fee."), Column("办完拿到", "result", TEXT), Column("大厅收件", "joint", FLAG),
        Column("到哪里办", "where", TEXT), Column("说明", "note", TEXT), *sourced(names.citations),
    )


def _materials(names: Vocabulary, when: Kind) -> Columns:
    return (
        Column("材料", "material", named(names.materials)), Column("用于事项", "items", several(names.items)), Column("什么情况下要", "when", when),
        Column("原件", "original", WHOLE), Column("复印件", "copies", WHOLE), Column("电子件", "electronic", FLAG), Column("免提交的理由", "waived", TEXT),
        Column("可以容缺", "deferrable", FLAG), Column("可以承诺", "commitment", FLAG), Column("说明", "note", TEXT), *sourced(names.citations),
    )


def hotline(catalogue) -> Columns:
    """The columns of the 12345 list, in the field's order."""
    basis, level, place, as_of, effective, expires = sourced(Citations(catalogue.laws))
    field = Hotline.model_fields
    matters = Names("事项", {number: matter.title for number, matter in catalogue.matters.items()}, " matters.yml ")
    return (
        Column("编号", "id", TEXT), Column("类目", "category", TEXT), Column("标题", "title", TEXT), Column("相似问", "asks", LINES),
        Column("关键字", "keywords", KEYWORDS), Column("答案", "text", TEXT), basis, Column("责任单位", "department", TEXT),
        Column("适用区域", "region", named(regions(catalogue))), Column("材料性质", "nature", said("材料性质", *get_args(field["nature"].annotation))),
        effective, expires, Column("复核日", "review", DAY), Column("状态", "status", said("状态", *get_args(field["status"].annotation))),
        level, place, as_of, Column("对应事项", "matter", named(matters)), Column("方面", "aspect", one_of("方面", ASPECTS)),
    )


def shape_faults(error: ValidationError, data: object) -> Iterator[tuple[tuple, str, tuple[str, str]]]:
    """Path, type and words of every fault of a shape; a list that is only too short for its wrong entries is not one."""
    paths = [fault["loc"] for fault in error.errors()]
    for fault, (_, words) in zip(error.errors(), explain.shape(error, data)):
        path = fault["loc"]
        if fault["type"] != "too_short" or not any(other != path and other[:len(path)] == path for other in paths):
            yield path, fault["type"], words


def in_heads(text: str, heads: Mapping[str, str]) -> str:
    """A text in which the keys of the files are said as the heads of the columns."""
    return re.sub(r"「?(?<![a-z_])([a-z_]+)(?![a-z_])」?", lambda found: f"「{heads[found[1]]}」" if found[1] in heads else found[0], text)
