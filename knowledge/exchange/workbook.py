"""Excel and CSV files: sheets of plain text cells, written so that nothing in them is ever calculated, read with all that is wrong.

Rows keep the numbers that people see. What cannot be read as it stands (a password, formulas, merged cells) is refused by name.
"""

import csv
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from knowledge.exchange.cells import Cell
from knowledge.problem import CatalogueError, Problem

EXCEL, CSV = ".xlsx", ".csv"
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"  # how an .xls begins, and an .xlsx with a password
BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError, zlib.error, ParseError, SyntaxError)
CALCULATED = re.compile(r"'*[=+\-@\t\r]")  # what Excel would calculate in a CSV file if no ' stood before it
WIDE, NARROW = 40, 14
WRAPPED = Alignment(wrap_text=True, vertical="top")

Row = tuple[int, list[str]]  # its number in the sheet, its cells


@dataclass(frozen=True)
class Sheet:
    """A sheet to write; `choices` holds, for each column, the only words it may say, where they are few."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    choices: Sequence[tuple[str, ...]] = ()
    locked: bool = False


def write(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes an .xlsx file, or the first sheet as a .csv file; raises CatalogueError when that cannot be done."""
    try:
        if path.suffix.lower() == EXCEL:
            _workbook(sheets).save(path)
        elif path.suffix.lower() == CSV:
            path.write_text(_csv(sheets[0]), "utf-8-sig", newline="")
        else:
            raise _refused(path, f"不会写「{path.suffix}」文件", "请用 .xlsx 或 .csv 结尾的文件名")
    except OSError:
        raise _refused(path, "写不进去", "请看文件夹在不在，文件是不是正开着") from None


def read(path: Path) -> dict[str, list[Row]]:
    """The sheets of a file with their rows, blank ones left out; raises CatalogueError with everything that is wrong."""
    try:
        data = path.read_bytes()
    except OSError:
        raise _refused(path, "打不开", "请检查文件名写对没有，文件是不是正开着") from None
    problems: list[Problem] = []
    match path.suffix.lower():
        case ".xlsx":
            sheets = {sheet.title: list(_rows(sheet, problems)) for sheet in _opened(path, data).worksheets}
        case ".csv":
            sheets = {"": _lines(path, data, problems)}
        case suffix:
            raise _refused(path, f"不会读「{suffix}」文件", "请在 Excel 或 WPS 里另存为 .xlsx 或 .csv")
    if problems:
        raise CatalogueError([problem.within(path.name) for problem in problems])
    return sheets


def records(name: str, rows: Sequence[Row], heads: Sequence[str], problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """Each row under the first as a mapping of its heads; nothing, and problems, when heads are missing, unknown or double."""
    if not rows:
        problems.append(Problem("", _place(name), "是空的，连列名也没有", f"第一行请写列名：{'、'.join(heads)}"))
        return []
    width = max(len(cells) for _, cells in rows)
    (_, found), *rest = [(number, cells + [""] * (width - len(cells))) for number, cells in rows]
    faults = [*_wrong_heads(found, heads), *_nameless(found, rest)]
    problems += [Problem("", _place(name), *fault) for fault in faults]
    return [] if faults else [(number, dict(zip(found, cells))) for number, cells in rest]


def _wrong_heads(found: Sequence[str], heads: Sequence[str]) -> Iterator[tuple[str, str]]:
    for head in heads:
        if head not in found:
            yield f"少了「{head}」这一列", "请照导出的表补上这一列，没有内容就空着"
    for head, count in Counter(filter(None, found)).items():
        if head not in heads:
            yield f"「{head}」这一列不认识", f"请删掉这一列，只能有：{'、'.join(heads)}"
        elif count > 1:
            yield f"有 {count} 列「{head}」", "请只留一列"


def _nameless(found: Sequence[str], rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for place, head in enumerate(found):
        if not head and any(cells[place] for _, cells in rows):
            yield f"{get_column_letter(place + 1)}列没有列名，却有内容", "请补上列名，或删掉这一列"


def text_of(value: object) -> str:
    """A cell as text: whole numbers without a point, days as 2026-11-21, yes and no in words."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
        case date():
            return value.isoformat()
    return re.sub(r"\r\n?|_x000D_\n?", "\n", str(value)).strip()


def _place(name: str) -> str:
    return f"「{name}」表" if name else ""


def _refused(path: Path, what: str, remedy: str) -> CatalogueError:
    return CatalogueError([Problem(path.name, "", what, remedy)])


def _opened(path: Path, data: bytes) -> Workbook:
    if data.startswith(OLD_OR_LOCKED):
        raise _refused(path, "有密码，或者是老式的 .xls", "请去掉密码，另存为 .xlsx 再导入")
    try:
        return load_workbook(path)
    except BROKEN:
        raise _refused(path, "不是完好的 Excel 文件", "请用 Excel 或 WPS 打开看看，另存为 .xlsx 再导入") from None


def _rows(sheet: Worksheet, problems: list[Problem]) -> Iterator[Row]:
    for merged in sheet.merged_cells.ranges:
        problems.append(Problem("", _place(sheet.title), f"{merged.coord} 是合并的单元格", "请取消合并，每一格各写各的"))
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [_checked(text_of(cell.value), cell.data_type, f"{_place(sheet.title)}{cell.coordinate}", problems) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield number, texts


def _checked(text: str, kind: str, place: str, problems: list[Problem]) -> str:
    if kind == "f":
        problems.append(Problem("", place, "里面是公式", "请改成算好的内容（复制后选择性粘贴为「值」）"))
        return ""
    if kind == "e":
        problems.append(Problem("", place, f"里面是错误值 {text}", "请改成要写的内容"))
    if ILLEGAL_CHARACTERS_RE.search(text):
        problems.append(Problem("", place, "有看不见的控制字符", "请把这一格删空，重新打字"))
    return text


def _lines(path: Path, data: bytes, problems: list[Problem]) -> list[Row]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _refused(path, "编码认不出来", "请在 Excel 里另存为「CSV UTF-8（逗号分隔）」")
    try:
        lines = list(csv.reader(StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise _refused(path, f"CSV 读不出来（{error}）", "请检查引号是不是成对，或在 Excel 里另存一遍") from None
    rows = ((number, [_checked(text_of(_unguarded(cell)), "", f"第{number}行", problems) for cell in cells]) for number, cells in enumerate(lines, 1))
    return [(number, cells) for number, cells in rows if any(cells)]


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and CALCULATED.match(text) else text


def _csv(sheet: Sheet) -> str:
    out = StringIO(newline="")
    rows = [[text_of(cell) for cell in row] for row in (sheet.heads, *sheet.rows)]
    csv.writer(out).writerows([f"'{text}" if CALCULATED.match(text) else text for text in row] for row in rows)
    return out.getvalue()


def _workbook(sheets: Iterable[Sheet]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for number, row in enumerate((sheet.heads, *sheet.rows), 1):
            for column, value in enumerate(row, 1):
                _put(page, number, column, value)
        _styled(page, sheet)
    return book


def _put(page: Worksheet, row: int, column: int, value: Cell) -> None:
    """One cell; text is marked as text, so that Excel neither calculates it nor takes it for a date."""
    cell = page.cell(row, column, None if value == "" else value)
    cell.alignment = WRAPPED
    if isinstance(value, str):
        cell.number_format = "@"
        if value:
            cell.data_type = "s"
            cell.quotePrefix = bool(CALCULATED.match(value))
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _styled(page: Worksheet, sheet: Sheet) -> None:
    page.freeze_panes = "A2"
    page.protection.sheet = sheet.locked
    for number, head in enumerate(sheet.heads, 1):
        page.cell(1, number).font = Font(bold=True)
        page.cell(1, number).fill = PatternFill("solid", fgColor="DDEBF7")
        longest = max((len(text_of(row[number - 1])) for row in sheet.rows if len(row) >= number), default=0)
        page.column_dimensions[get_column_letter(number)].width = WIDE if longest > NARROW else max(NARROW, 2 * len(head) + 2)
    for number, words in enumerate(sheet.choices, 1):
        if words:
            allowed = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
            allowed.add(f"{get_column_letter(number)}2:{get_column_letter(number)}1000")
            page.add_data_validation(allowed)
