"""The 12345 list as an Excel or CSV file in the field's columns, and back into the files under knowledge/hotline/.

Every row is checked before anything is written: its shape, its citations, region and matter, and whether it says
again, or otherwise, what a guide, another entry or another row says. One rejected row stops the whole file.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

from knowledge import checks
from knowledge.catalogue import Catalogue
from knowledge.exchange.change import made, tried
from knowledge.exchange.layout import Columns, hotline, in_heads, shape_faults
from knowledge.exchange.rewrite import rewritten
from knowledge.exchange.workbook import Row, Sheet, records, write
from knowledge.naming import Unreadable, new_id
from knowledge.problem import CatalogueError, Problem
from knowledge.schema import Hotline, Repealed

SHEET = "12345知识点"
LONGEST = {"title": 128, "keywords": 20}  # of the import rule


@dataclass
class Report:
    """What an import did, or why it did nothing."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Given:
    """A row that can be read: its number, and the entry that it makes as data and as a record."""

    row: int
    data: dict
    entry: Hotline


def export(catalogue: Catalogue, path: Path) -> None:
    """Writes all entries as one list."""
    columns = hotline(catalogue)
    entries = sorted(catalogue.hotline.values(), key=lambda entry: (entry.category, entry.id))
    rows = [[column.kind.written(column.of(entry.model_dump())) for column in columns] for entry in entries]
    write(path, [Sheet(SHEET, [column.head for column in columns], rows, [column.kind.choices for column in columns])])


def imported(sheets: Mapping[str, Sequence[Row]], file: str, folder: Path, catalogue: Catalogue) -> Report:
    """Puts a list into the files under `folder`; raises CatalogueError with every rejected row, and changes nothing."""
    given = _given(sheets, catalogue, problems := [])
    known = _files(folder)
    homes = {data["id"]: name for name, entries in known.items() for data in entries}
    problems += _doubles(given)
    problems += _clashes(given, file, homes, catalogue)
    problems += _wording(given, folder)
    if problems:
        raise CatalogueError([problem.within(file) for problem in sorted(problems, key=_row_of)])
    report, texts = _put(given, known, homes, folder, catalogue)
    if texts:
        tried(folder, texts, catalogue.day)
        made(folder, texts)
    return report


def _given(sheets: Mapping[str, Sequence[Row]], catalogue: Catalogue, problems: list[Problem]) -> list[Given]:
    """The rows that can be read; the faults of the others go to `problems`."""
    (name, rows), *others = sheets.items()
    problems += [Problem("", f"「{other}」表", "这张表不会导入，里面却有内容", "请只留一张表") for other, more in others if more]
    columns = hotline(catalogue)
    lines = records(name, rows, [column.head for column in columns], problems)
    if not lines and not problems:
        problems.append(Problem("", "", "一条知识点也没有", "请从第二行起一行写一条"))
    taken = {cells["编号"] for _, cells in lines} | catalogue.hotline.keys()
    given = []
    for row, cells in lines:
        if not cells["编号"]:
            cells["编号"] = new_id(cells["标题"], taken)
            taken.add(cells["编号"])
        given += _read(row, cells, columns, problems)
    return given


def _read(row: int, cells: Mapping[str, str], columns: Columns, problems: list[Problem]) -> Iterator[Given]:
    data, unread = {}, set()
    for column in columns:
        try:
            column.into(data, column.kind.taken(cells[column.head]))
        except Unreadable as error:
            unread.add(column.key)
            problems += [Problem("", f"第{row}行「{column.head}」", *fault) for fault in error.faults]
    try:
        entry = TypeAdapter(Hotline).validate_python(data)
    except ValidationError as error:
        problems += _shape(row, error, data, columns, unread)
        return
    if not unread:
        yield Given(row, data, entry)


def _shape(row: int, error: ValidationError, data: dict, columns: Columns, unread: set[str]) -> Iterator[Problem]:
    """The faults of a row's shape, told with the heads of the columns; cells that could not be read have been told."""
    heads = {column.key: column.head for column in columns}
    for path, fault, words in shape_faults(error, data):
        key = path[0] if path else ""
        if key not in unread and (key or not unread & {"basis", "level"}):
            said = data.get(key, "") if len(path) < 2 else data[key][path[1]]
            what, remedy = _own_words(key, fault, said) or words
            yield Problem("", f"第{row}行" + (f"「{heads[key]}」" if key else ""), in_heads(what, heads), in_heads(remedy, heads))


def _own_words(key: object, fault: str, said: str) -> tuple[str, str] | None:
    """What the words for YAML files would say wrongly of a list's cell."""
    match key, fault:
        case "category", "string_pattern_mismatch":
            return f"「{said}」不是类目", "请写成 市场监管/食品经营 这样，至少两层，中间用 /，不留空格"
        case _, "string_too_long":
            return f"有 {len(said)} 个字，太长（「{said[:12]}……」）", f"请缩短到 {LONGEST[key]} 个字以内"
    return None


def _doubles(given: Sequence[Given]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for one in given:
        if (row := first.setdefault(one.entry.id, one.row)) != one.row:
            yield Problem("", f"第{one.row}行「编号」", f"「{one.entry.id}」和第{row}行重复", "请只留一条，或换一个编号；新知识点的编号可以空着")


def _clashes(given: Sequence[Given], file: str, homes: Mapping[str, str], catalogue: Catalogue) -> Iterator[Problem]:
    """What the checks of the whole knowledge find about the rows, as if they stood after all other entries."""
    rows = {one.entry.id: one.row for one in given}
    others = [(Path(homes[entry.id]), entry) for entry in catalogue.hotline.values() if entry.id not in rows]
    for _, problem in checks.hotline([*others, *((Path(file), one.entry) for one in given)], catalogue):
        if problem.place in rows:
            yield Problem("", f"第{rows[problem.place]}行（{problem.place}）", problem.what, problem.remedy)


def _wording(given: Sequence[Given], folder: Path) -> Iterator[Problem]:
    repealed = TypeAdapter(list[Repealed]).validate_python(YAML(typ="safe").load((folder / "repealed.yml").read_text("utf-8")))
    for one in given:
        for problem in checks.wording(one.entry, repealed):
            yield Problem("", f"第{one.row}行（{one.entry.id}）", problem.what, problem.remedy)


def _put(given: Sequence[Given], known: dict[str, list[dict]], homes: Mapping[str, str], folder: Path, catalogue: Catalogue) -> tuple[Report, dict[str, str]]:
    """The report, and the new texts of the files that change."""
    report, after = Report(), deepcopy(known)
    for one in given:
        name = one.entry.id
        if catalogue.hotline.get(name) == one.entry:
            report.unchanged.append(name)
        elif name in homes:
            entries = after[homes[name]]
            place = next(place for place, data in enumerate(entries) if data["id"] == name)
            entries[place] = _over(entries[place], one.data)
            report.updated.append(name)
        else:
            after.setdefault(_home(one.entry, known), []).append(one.data)
            report.added.append(name)
    texts = {file: rewritten(_text(folder / file), entries) for file, entries in after.items() if entries != known.get(file)}
    return report, texts


def _over(old: dict, new: dict) -> dict:
    """An entry's new data in the order of the keys that it has."""
    return {key: new[key] for key in (*(key for key in old if key in new), *(key for key in new if key not in old))}


def _home(entry: Hotline, known: Mapping[str, list[dict]]) -> str:
    """The file for a new entry: where its first category is at home already, else one of its own."""
    first = entry.category.split("/")[0]
    homes = (file for file, entries in known.items() if any(data["category"].split("/")[0] == first for data in entries))
    return next(homes, f"hotline/{new_id(first, ())}.yml")


def _files(folder: Path) -> dict[str, list[dict]]:
    return {f"hotline/{path.name}": YAML(typ="safe").load(path.read_text("utf-8")) or [] for path in sorted((folder / "hotline").glob("*.yml"))}


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def _row_of(problem: Problem) -> int:
    digits = problem.place.partition("第")[2].partition("行")[0]
    return int(digits) if digits.isdigit() else 0
