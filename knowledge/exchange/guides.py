"""A guide's Excel file back into its YAML file.

What comes back is read against the guide as it is, tried with the whole knowledge and proved before the file is
replaced; the parts that did not change keep their bytes. Any problem, and nothing is changed.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from knowledge import explain, proof
from knowledge.catalogue import Catalogue, merged
from knowledge.condition import read as formula
from knowledge.exchange.change import made, tried
from knowledge.exchange.difference import differences
from knowledge.exchange.guide_sheets import BASICS, MARK, source, vocabulary
from knowledge.exchange.layout import SHEETS, Column, Columns, Vocabulary, basics, in_heads, options, sections, shape_faults
from knowledge.exchange.pairing import paired
from knowledge.exchange.rewrite import rewritten
from knowledge.exchange.workbook import Row, records, text_of
from knowledge.naming import Unreadable, new_id
from knowledge.problem import CatalogueError, Problem
from knowledge.schema import Guide
from knowledge.worded import Words

FIXED = ("序号", "编号", "版本", MARK)  # rows of the first sheet that may not be changed in it
IN_ORDER = ("number", "id", "title", "region", "revision", "effective", "expires", "reviewed", "lead", "audience", "summary", "uses", "delivery", *SHEETS)


@dataclass(frozen=True)
class Line:
    """A row that a department sent: its number, its cells by head, and for a question the rows of its options."""

    number: int
    cells: dict[str, str]
    options: tuple["Line", ...] = ()


def is_guide(sheets: Mapping[str, Sequence[Row]]) -> bool:
    """Whether a file's sheets are those of a guide."""
    return BASICS in sheets


def changed(sheets: Mapping[str, Sequence[Row]], file: str, folder: Path, catalogue: Catalogue) -> "Edit":
    """What a file makes of its guide; raises CatalogueError with everything that cannot be read."""
    edit = Edit(sheets, file, folder, catalogue)
    edit.read()
    return edit


def drafted(file: Path, catalogue: Catalogue) -> Guide:
    """The whole guide that a YAML file anywhere makes, its references not checked; raises CatalogueError."""
    try:
        data = YAML(typ="safe").load(file.read_text("utf-8"))
        return merged(TypeAdapter(Guide).validate_python(data), catalogue.modules)
    except ValidationError as error:
        raise CatalogueError([Problem(file.name, place, *words) for place, words in explain.shape(error, data)]) from None
    except MarkedYAMLError as error:
        raise CatalogueError([Problem(file.name, "", *explain.yaml(error))]) from None
    except (OSError, UnicodeDecodeError):
        raise CatalogueError([Problem(file.name, "", "打不开，或者不是 UTF-8 编码", "请检查文件名，用 UTF-8 编码保存")]) from None


def imported(sheets: Mapping[str, Sequence[Row]], file: str, folder: Path, catalogue: Catalogue) -> list[str]:
    """Puts a file's changes into the guide's YAML file, and says what changed; raises CatalogueError and changes nothing."""
    edit = changed(sheets, file, folder, catalogue)
    edit.must_be_fresh()
    if edit.data == edit.source.data:
        return []
    text = edit.text(catalogue.day)
    new = edit.tried(text)
    made(folder, {edit.source.name: text})
    return differences(edit.source.whole, new, catalogue)


class Edit:
    """A guide as a department sent it back: every sheet read against the guide as it is, with all problems kept."""

    def __init__(self, sheets: Mapping[str, Sequence[Row]], file: str, folder: Path, catalogue: Catalogue):
        self.sheets, self.file, self.folder, self.catalogue = sheets, file, folder, catalogue
        self.problems: list[Problem] = []
        self.basics = {cells["项目"]: Line(number, cells) for number, cells in self._records(BASICS, ("项目", "内容"))}
        self._stop()
        try:
            self.source = source(folder, catalogue, self._basic("编号"))
        except CatalogueError:
            self._fault(BASICS, 3, "编号", f"没有编号是「{self._basic('编号')}」的指南", "请改回导出时的编号")
            self._stop()
        self.data: dict = {}

    def read(self) -> None:
        """Reads all sheets into `data`; raises CatalogueError."""
        before = vocabulary(self.source.whole, self.catalogue)
        self.heads = {section: [column.head for column in columns] for section, columns in sections(before).items()}
        self.lines = {section: self._lines(section) for section in self.heads}
        self._stop()
        after = self._vocabulary(before)
        data = {**self.source.data, **self._basics(basics(before))}
        data["asks"] = [cells["问法"] for _, cells in self._records(SHEETS["asks"], ("问法",)) if cells["问法"]]
        for section, old, new in zip(self.heads, sections(before).values(), sections(after).values()):
            data[section] = self._section(section, old, new)
        kept = {key: value for key, value in data.items() if value not in ([], None)}
        self.data = {key: kept[key] for key in _in_order(self.source.data, kept)}
        self._check_shape()

    def must_be_fresh(self) -> None:
        """Raises CatalogueError when the guide has changed since the file was exported."""
        if self._basic(MARK) != self.source.mark:
            what = f"导出以后，这份指南又改过了（表里是版本 {self._basic('版本')}，现在是 {self.source.own.revision}）"
            self.problems.append(Problem("", f"「{BASICS}」表", what, "请重新导出，把改动抄到新表里再导入"))
            self._stop()

    def text(self, day: date) -> str:
        """The guide's file with the changes, a new revision and the day of review."""
        old = self.source.data
        last, _, count = str(old["revision"]).rpartition("-")
        revision = f"{day}-{int(count) + 1 if last == str(day) and count.isdigit() else 1}"
        reviewed = day if self.data["reviewed"] == old["reviewed"] else self.data["reviewed"]
        return rewritten(self.source.text, {**self.data, "revision": revision, "reviewed": reviewed})

    def whole(self) -> Guide:
        """The guide with its modules, as the sheets make it."""
        return merged(TypeAdapter(Guide).validate_python(self.data), self.catalogue.modules)

    def tried(self, text: str) -> Guide:
        """The whole guide that a text makes, tried with all knowledge and proved; raises CatalogueError."""
        try:
            catalogue = tried(self.folder, {self.source.name: text}, self.catalogue.day)
        except CatalogueError as error:
            self.problems += map(self._placed, error.problems)
        self._stop()
        new = next(guide for guide in catalogue.editions if guide.id == self.source.own.id and guide.effective == self.data["effective"])
        self.problems += map(self._placed, proof.faults(new))
        self._stop()
        return new

    def _stop(self) -> None:
        if self.problems:
            raise CatalogueError([problem if problem.file else problem.within(self.file) for problem in self.problems])

    def _records(self, sheet: str, heads: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
        if sheet not in self.sheets:
            self.problems.append(Problem("", f"「{sheet}」表", "没有这张表", "请照导出的文件补上，没有内容就只留第一行列名"))
            return []
        return records(sheet, self.sheets[sheet], heads, self.problems)

    def _basic(self, head: str) -> str:
        return self.basics[head].cells["内容"] if head in self.basics else ""

    def _basics(self, columns: Columns) -> dict:
        exported = {column.head: text_of(column.kind.written(column.of(self.source.own.model_dump()))) for column in columns}
        for head in FIXED[:-1] if self._basic(MARK) == self.source.mark else FIXED[:-2]:
            if self._basic(head) != exported[head]:
                self._fault(BASICS, self.basics.get(head, Line(1, {})).number, head, f"「{self._basic(head)}」改过了", f"请改回 {exported[head]}，这一格不能在表里改")
        editable = [column for column in columns if column.head not in FIXED]
        for head in self.basics.keys() - exported.keys() - {MARK}:
            self._fault(BASICS, self.basics[head].number, "项目", f"不认识「{head}」", "请删掉这一行")
        data = {column.key: self.source.data.get(column.key) for column in editable}
        for column in editable:
            line = Line(self.basics[column.head].number if column.head in self.basics else 1, {column.head: self._basic(column.head)})
            self._cell(BASICS, line, column, column, self.source.own.model_dump(), data)
        return data

    def _lines(self, section: str) -> list[Line]:
        """The rows of a sheet; those of a question's further options put under it, blank ids filled in."""
        heads = self.heads[section]
        if section != "questions":
            found = [Line(number, cells) for number, cells in self._records(SHEETS[section], heads)]
        else:
            found = self._questions(heads, [column.head for column in options()])
        if "编号" in heads:
            named = {"questions": "简称", "items": "名称", "facts": "标题"}[section]
            taken = {line.id for line in getattr(self.source.whole, section)} | {line.cells["编号"] for line in found}
            _fill(found, "编号", named, taken)
        return found

    def _questions(self, heads: Sequence[str], option_heads: Sequence[str]) -> list[Line]:
        questions: list[tuple[int, dict[str, str], list[Line]]] = []
        for number, cells in self._records(SHEETS["questions"], [*heads, *option_heads]):
            if any(cells[head] for head in heads):
                questions.append((number, {head: cells[head] for head in heads}, []))
            elif not questions:
                self._fault(SHEETS["questions"], number, "选项", "这个选项上面没有问题", "请在它的第一行写上问题")
                continue
            questions[-1][2].append(Line(number, {head: cells[head] for head in option_heads}))
        for _, cells, answers in questions:
            if cells["题型"] == "是非":
                for answer, value in zip(answers, ("yes", "no")):
                    answer.cells["选项编号"] = answer.cells["选项编号"] or value
            _fill(answers, "选项编号", "选项", {answer.cells["选项编号"] for answer in answers})
        return [Line(number, cells, tuple(answers)) for number, cells, answers in questions]

    def _vocabulary(self, before: Vocabulary) -> Vocabulary:
        """The names that the cells may use: those of the modules, and those that the sheets themselves give."""
        own = {line.id for line in (*self.source.own.questions, *self.source.own.items)}
        shared = Words.of(question for question in self.source.whole.questions if question.id not in own)
        topics = {question.id: question.topic for question in self.source.whole.questions if question.id not in own}
        labels = {name: shared.labels[name].words for name in topics}
        for line in self.lines["questions"]:
            topics[line.cells["编号"]] = line.cells["简称"]
            labels[line.cells["编号"]] = {answer.cells["选项编号"]: answer.cells["选项"] for answer in line.options}
        items = {item.id: item.name for item in self.source.whole.items if item.id not in own}
        return Vocabulary.of(self.catalogue, Words(topics, labels), items | {line.cells["编号"]: line.cells["名称"] for line in self.lines["items"]})

    def _section(self, section: str, old: Columns, new: Columns) -> list[dict]:
        records = [line.model_dump() for line in getattr(self.source.own, section)]
        return self._merged(SHEETS[section], self.lines[section], self.source.data.get(section, []), records, old, new)

    def _merged(self, sheet: str, lines: Sequence[Line], data: Sequence[dict], records: Sequence[dict], old: Columns, new: Columns) -> list[dict]:
        """The lines as data; what a cell leaves as it was keeps the data it came from."""
        before = [{column.key: text_of(column.kind.written(column.of(record))) for column in old} for record in records]
        after = [{column.key: line.cells[column.head] for column in old} for line in lines]
        merged = []
        for line, origin in zip(lines, paired(before, after)):
            record = {} if origin is None else records[origin]
            result = {} if origin is None else deepcopy(data[origin])
            for was, column in zip(old, new):
                self._cell(sheet, line, was, column, record, result)
            if line.options:
                answers = (data[origin]["options"], record["options"]) if record else ([], [])
                result["options"] = self._merged(sheet, line.options, *answers, options(), options())
            merged.append(result)
        return merged

    def _cell(self, sheet: str, line: Line, was: Column, column: Column, record: Mapping, result: dict) -> None:
        """Puts one cell into `result`, unless it says what `record` says; a cell left alone may still use old names."""
        before, text = was.of(record), line.cells[column.head]
        exported = text_of(was.kind.written(before))
        try:
            data = column.kind.taken(text)
        except Unreadable as error:
            if text != exported:
                for fault in error.faults:
                    self._fault(sheet, line.number, column.head, *fault)
            return
        same = formula(data or {}) == formula(before or {}) if column.key in ("when", "requires") else text_of(was.kind.written(data)) == exported
        if not same:
            column.into(result, data)

    def _check_shape(self) -> None:
        try:
            TypeAdapter(Guide).validate_python(self.data)
        except ValidationError as error:
            told = [problem.place for problem in self.problems]
            found = [Problem("", *self._located(path, words)) for path, _, words in shape_faults(error, self.data)]
            self.problems += [problem for problem in found if not any(place.startswith(problem.place) for place in told)]
        self._stop()

    def _located(self, loc: tuple, words: tuple[str, str]) -> tuple[str, str, str]:
        """Sheet, row and column of a fault that the shape of a guide has, its keys said as heads."""
        heads = self._keys(loc[0])
        place = f"「{SHEETS.get(loc[0], BASICS)}」表"
        lines = self.lines.get(loc[0])
        if lines and len(loc) > 1:
            line = lines[loc[1]]
            line = line.options[loc[3]] if "options" in loc and len(loc) > 3 else line
            place += f"第{line.number}行"
        key = ".".join(str(step) for step in loc if not isinstance(step, int) and step not in self.lines)
        head = next((head for known, head in heads.items() if key.removeprefix("options.") == known), None)
        return (f"{place}「{head}」" if head else place, *(in_heads(text, heads) for text in words))

    def _keys(self, section: str) -> dict[str, str]:
        names = vocabulary(self.source.whole, self.catalogue)
        columns = (*sections(names).get(section, basics(names)), *(options() if section == "questions" else ()))
        return {column.key: column.head for column in columns} | {"options": "选项"}

    def _placed(self, problem: Problem) -> Problem:
        """A problem of the YAML file, told in the words of the sheets; one of another file as it is."""
        if problem.file not in ("", self.source.name):
            return problem
        names = {line.cells["编号"]: line.cells[head] for section, head in (("questions", "简称"), ("items", "名称")) for line in self.lines[section]}
        section, row = self._row(problem.place)
        place = f"「{SHEETS[section]}」表{row}" if section in SHEETS else problem.place
        said = (re.sub(r"「([a-z][a-z0-9_]*)」", lambda found: f"「{names.get(found[1], found[1])}」", text) for text in (problem.what, problem.remedy))
        return Problem("", place, *(in_heads(text, self._keys(section)) for text in said))

    def _row(self, place: str) -> tuple[str, str]:
        """Section and row of a place such as 「materials（lease）」, 「notes（第3条）」 (of all lines) or 「notes 第3条 text」 (of the guide's own)."""
        section, name, own_count = re.match(r"(\w*)(?:（(.*?)）)?(?: 第(\d+)条)?", place).groups()
        lines = self.lines.get(section, [])
        if own_count and int(own_count) <= len(lines):
            return section, f"第{lines[int(own_count) - 1].number}行"
        if not lines:
            return section, f"（{name}）" if name else ""
        own_lines, whole = (list(getattr(guide, section, ())) for guide in (TypeAdapter(Guide).validate_python(self.data), self.whole()))
        known = {f"第{count}条": lines[own_lines.index(line)].number for count, line in enumerate(whole, 1) if line in own_lines}
        known |= {record.get(key): line.number for line, record in zip(lines, self.data.get(section, [])) for key in ("id", "material", "field")}
        return section, f"第{known[name]}行" if name in known else f"（{name}）" if name else ""

    def _fault(self, sheet: str, number: int, head: str, what: str, remedy: str) -> None:
        self.problems.append(Problem("", f"「{sheet}」表第{number}行「{head}」", what, remedy))


def _fill(lines: Sequence[Line], head: str, named: str, taken: set[str]) -> None:
    """Gives the rows that have no id one made of their words."""
    for line in lines:
        if not line.cells[head]:
            line.cells[head] = new_id(line.cells[named], taken)
            taken.add(line.cells[head])


def _in_order(old: Mapping, new: Mapping) -> list[str]:
    """The keys of a guide: those of the file as they stand there, new ones after what comes before them in every guide."""
    order = [key for key in old if key in new]
    for key in new:
        if key not in order:
            before = [order.index(other) for other in IN_ORDER[:IN_ORDER.index(key)] if other in order]
            order.insert(max(before, default=-1) + 1, key)
    return order
