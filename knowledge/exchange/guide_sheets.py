"""A guide as the sheets of an Excel file: what a department gets to edit, and to look at.

Only the guide's own lines are in the sheets to edit; those of shared modules are on a sheet to look at. The file
carries a mark of the text that it was written from, so that a guide that has changed since is not overwritten.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from knowledge.catalogue import Catalogue, in_force
from knowledge.exchange.difference import line_name
from knowledge.exchange.layout import SHEETS, Columns, Vocabulary, basics, options, sections
from knowledge.exchange.workbook import Sheet, write
from knowledge.naming import Names, Unreadable
from knowledge.problem import CatalogueError, Problem
from knowledge.schema import Guide
from knowledge.worded import Words

BASICS, SHARED, HOW_TO = "基本", "共用部分（只看，不改）", "说明"
MARK = "导出核对码"
HOW = (
    "绿底以外的格子都可以改。一行一条；要加就插一行，要删就删掉整行。改完存成 .xlsx，交给管理员导入。",
    "“编号”“选项编号”不要改；新加的行编号空着，导入时自动编。",
    "条件写成“简称＝选项”，几个选项用“／”隔开，几个条件之间写“且”或“或”，混着写要加括号，反过来写“不是（……）”。空着就是什么情况都算。",
    "依据写成《食品安全法》第三十五条、第四十五条；另一部法规用分号隔开。法规要先在 laws.yml 登记。查不到依据的，“层级”写待核验。",
    "“问题”表里一个选项占一行，问题本身只写在它的第一行。一格里写几条的（相似问、用于事项、送达方式），按 Alt+回车换行。",
    "日期写成 2026-11-21。不要合并单元格，不要写公式。",
    "这份指南里的条件可以用：",
)


@dataclass(frozen=True)
class Source:
    """A guide's file: its path in the knowledge, its text and data, the guide with its own lines only and the whole one."""

    name: str
    text: str
    data: dict
    own: Guide
    whole: Guide

    @property
    def mark(self) -> str:
        """A short mark of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def source(folder: Path, catalogue: Catalogue, name: str) -> Source:
    """The file of a guide, by id, number or title, that in force before others; raises CatalogueError with the titles that come close."""
    titles = Names("指南", {guide.id: guide.title for guide in catalogue.editions}, " matters.yml ")
    numbers = {str(guide.number): guide.id for guide in catalogue.editions}
    try:
        wanted = numbers.get(name) or titles.key(name)
    except Unreadable as error:
        raise CatalogueError([Problem("", "", *fault) for fault in error.faults]) from None
    found = list(_sources(folder, catalogue, wanted))
    return next((source for source in found if in_force(source.own, catalogue.day)), found[-1])


def export(guide: Source, catalogue: Catalogue, path: Path) -> None:
    """Writes a guide as an Excel file."""
    if path.suffix.lower() != ".xlsx":
        raise CatalogueError([Problem(path.name, "", "一份指南有好几张表，只能写成 .xlsx", "请换成 .xlsx 结尾的文件名")])
    write(path, list(_exported(guide, catalogue)))


def vocabulary(whole: Guide, catalogue: Catalogue) -> Vocabulary:
    """The names that the cells of a guide may use."""
    return Vocabulary.of(catalogue, Words.of(whole.questions), {item.id: item.name for item in whole.items})


def _exported(guide: Source, catalogue: Catalogue) -> Iterator[Sheet]:
    names = vocabulary(guide.whole, catalogue)
    record = guide.own.model_dump()
    yield Sheet(BASICS, ("项目", "内容"), [*((column.head, column.kind.written(column.of(record))) for column in basics(names)), (MARK, guide.mark)])
    yield Sheet(SHEETS["asks"], ("问法",), [(said,) for said in guide.own.asks])
    for section, columns in sections(names).items():
        answers = options() if section == "questions" else ()
        rows = [row for line in record[section] for row in _rows(line, columns, answers)]
        heads = [column.head for column in (*columns, *answers)]
        yield Sheet(SHEETS[section], heads, rows, [column.kind.choices for column in (*columns, *answers)])
    yield Sheet(SHARED, ("部分", "共用模块", "内容", "什么情况下", "依据"), list(_shared(guide, names, catalogue)), locked=True)
    known = (f"{topic}＝{'／'.join(names.conditions.labels[name].words.values())}" for name, topic in names.conditions.topics.words.items())
    yield Sheet(HOW_TO, ("怎么改",), [(line,) for line in (*HOW, *known)], locked=True)


def _rows(record: dict, columns: Columns, answers: Columns) -> Iterator[list]:
    first = [column.kind.written(column.of(record)) for column in columns]
    for number, answer in enumerate(record["options"] if answers else [{}]):
        yield [*(first if not number else [""] * len(first)), *(column.kind.written(column.of(answer)) for column in answers)]


def _shared(guide: Source, names: Vocabulary, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for use in guide.own.uses:
        for section in (section for section in SHEETS if section != "asks"):
            for line in getattr(catalogue.modules[use.module], section):
                when = {"all": [when for when in (use.when, getattr(line, "when", {})) if when]} if section != "facts" else {}
                yield SHEETS[section], use.module, line_name(section, line.model_dump(), names), names.conditions.write(when), names.citations.write(getattr(line, "basis", ()))


def _sources(folder: Path, catalogue: Catalogue, wanted: str) -> Iterator[Source]:
    for path in sorted((folder / "guides").glob("*.yml")):
        text = path.read_text("utf-8")
        if re.search(rf"^id: *[\"']?{wanted}\b", text, re.MULTILINE):
            data = YAML(typ="safe").load(text)
            own = TypeAdapter(Guide).validate_python(data)
            whole = next(guide for guide in catalogue.editions if guide.id == own.id and guide.effective == own.effective)
            yield Source(f"guides/{path.name}", text, data, own, whole)
