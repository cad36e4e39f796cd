"""The knowledge in the hands of departments: out to Excel and CSV, edited there, and back."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from ruamel.yaml import YAML

from knowledge.exchange import guide_sheets, guides, hotline_list, workbook
from knowledge.catalogue import HERE, SECTIONS, load
from knowledge.citation import Citations
from knowledge.condition import read as formula
from knowledge.exchange.difference import differences
from knowledge.exchange.layout import SHEETS, basics, hotline, options, sections
from knowledge.naming import Unreadable, new_id
from knowledge.problem import CatalogueError
from knowledge.exchange.rewrite import rewritten
from knowledge.schema import Fee, Guide, Hotline, Module, Option
from knowledge.worded import Words

CASES = Path(__file__).parent / "exchange"
TODAY = date(2026, 11, 21)


def cases(name: str):
    read = YAML(typ="safe", pure=True).load((CASES / name).read_text("utf-8"))
    return pytest.mark.parametrize("case", read, ids=[case["title"] for case in read])


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """The knowledge files as they are when the tests begin."""
    folder = tmp_path_factory.mktemp("still") / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@pytest.fixture(scope="module")
def catalogue(still):
    return load(still, TODAY)


@pytest.fixture
def folder(still, tmp_path):
    """A copy that may be changed."""
    return shutil.copytree(still, tmp_path / "knowledge")


@pytest.fixture(scope="module")
def tea(still, catalogue, tmp_path_factory):
    """One guide as an Excel file."""
    path = tmp_path_factory.mktemp("tea") / "奶茶店.xlsx"
    guide_sheets.export(guide_sheets.source(still, catalogue, "22"), catalogue, path)
    return path


@pytest.fixture(scope="module")
def listed(catalogue, tmp_path_factory):
    """Some of the 12345 entries as rows under their heads."""
    path = tmp_path_factory.mktemp("list") / "知识点.csv"
    hotline_list.export(catalogue, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[:12]


def back(path, folder, catalogue):
    return guides.imported(workbook.read(path), path.name, folder, catalogue)


def list_back(path, folder, catalogue):
    return hotline_list.imported(workbook.read(path), path.name, folder, catalogue)


def saved(rows, path):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def texts(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*.yml"))}


def put(sheet, row, cells):
    """Writes cells under their heads; 「新」 is the row after the last."""
    heads = {cell.value: cell.column for cell in sheet[1]}
    row = sheet.max_row + 1 if row == "新" else row
    row = next(cell.row for cell in sheet["A"] if cell.value == row) if isinstance(row, str) else row
    for head, value in cells.items():
        sheet.cell(row, heads[head]).value = value
    return row


# Words

def test_every_condition_reads_back_as_it_was_written(catalogue):
    for guide in catalogue.editions:
        words = Words.of(guide.questions)
        lines = (line for section in SECTIONS for line in getattr(guide, section))
        for when in (when for line in lines for when in (getattr(line, "when", {}), getattr(line, "requires", {}))):
            assert formula(words.read(words.write(when))) == formula(when), words.write(when)


def test_every_citation_reads_back_as_it_was_written(catalogue):
    citations = Citations(catalogue.laws)
    records = [line for guide in catalogue.editions for section in SECTIONS for line in getattr(guide, section)] + list(catalogue.hotline.values())
    for record in records:
        bases = list(getattr(record, "basis", ()))
        assert citations.read(citations.write(bases)) == bases


@pytest.mark.parametrize("text", ["《食品安全法》第三十五条、第四十五条", "《中华人民共和国食品安全法》（2025年修正）第35条，45条", "《食品安全法》35；《食品安全法》第45条"])
def test_citations_may_be_written_in_other_ways(text, catalogue):
    assert Citations(catalogue.laws).read(text) == ["food_safety_law 35", "food_safety_law 45"]


def test_conditions_may_be_written_in_half_width(catalogue):
    words = Words.of(catalogue.by_id["milk_tea"].questions)
    assert words.read("营业执照=还没有 且 (经营身份=公司/合伙企业 或 不是(雇人=雇人))") == {
        "licensed": "no", "any": [{"business_form": ["company", "partnership"]}, {"not": {"staff": "yes"}}],
    }
    with pytest.raises(Unreadable, match="套得太多"):
        words.read("（" * 5000)


def test_names_without_an_id_get_one():
    assert new_id("有没有座位", ()) == "you_mei_you_zuo" and new_id("有没有座位", {"you_mei_you_zuo"}) == "you_mei_you_zuo_2"
    assert new_id("12345热线", ())[0].isalpha() and new_id("？", ()) == "line"


def test_every_key_has_a_column(catalogue):
    """A key that the files may say and the sheets may not would be lost on the way."""
    names = guide_sheets.vocabulary(catalogue.editions[0], catalogue)
    columns = sections(names)
    for section, field in Module.model_fields.items():
        said = {column.key.split(".")[0] for column in columns[section]} | ({"options"} if section == "questions" else set())
        assert said == set(field.annotation.__args__[0].model_fields), section
    assert {column.key for column in columns["items"] if "." in column.key} == {f"fee.{key}" for key in Fee.model_fields}
    assert {column.key for column in options()} == set(Option.model_fields)
    assert {column.key for column in basics(names)} | {*SHEETS, "uses"} == set(Guide.model_fields)
    assert {column.key for column in hotline(catalogue)} == set(Hotline.model_fields)


# YAML files

def test_only_what_changed_is_written_anew():
    text = '# 开头\nid: a  # 编号\nwords: "一"\n\nsteps:\n  # 先\n  - text: 甲\n    basis: [x 1,\n            y 2]\n\n  - text: "乙"  # 尾\n    when: {a: b}\n\n# 表\nlist: [a, b]\n'
    data = YAML(typ="safe").load(text)
    assert rewritten(text, data) == text
    data["words"], data["steps"][1]["text"], data["list"] = "二", "丙", ["c"]
    data["steps"].append({"text": "丁", "when": {"any": [{"a": "b"}, {"c": ["d", "e"]}]}})
    new = rewritten(text, data)
    assert YAML(typ="safe").load(new) == data
    for kept in ("# 开头\nid: a  # 编号\n", 'words: "二"\n', "  # 先\n  - text: 甲\n    basis: [x 1,\n            y 2]\n\n", '  - text: "丙" # 尾\n    when: {a: b}\n\n  - text: 丁\n', "\n# 表\nlist: [c]\n"):
        assert kept in new, new


# Guides

def test_an_untouched_guide_changes_nothing(still, catalogue, tmp_path):
    before = texts(still)
    for guide in catalogue.editions:
        path = tmp_path / f"{guide.id}.xlsx"
        guide_sheets.export(guide_sheets.source(still, catalogue, guide.id), catalogue, path)
        assert back(path, still, catalogue) == []
    assert texts(still) == before


def test_what_a_department_edits_arrives(tea, folder, catalogue, tmp_path):
    book = load_workbook(tea)
    put(book["步骤"], "新", {"内容": "先看猫。", "什么情况下": "养猫＝养", "层级": "待核验"})
    put(book["步骤"], 2, {"内容": "加盟的，先看总部给的书面资料，再签合同、交钱。"})
    put(book["问题"], "新", {"简称": "养猫", "问句": "店里养猫吗？", "为什么问": "养猫要多带一样。", "题型": "是非", "拿不准时": "看看店里有没有猫。", "选项": "养"})
    put(book["问题"], "新", {"选项": "不养"})
    put(book["材料"], "新", {"材料": "房屋租赁合同", "用于事项": "设立登记（办营业执照）", "什么情况下要": "养猫=养 且 营业执照=还没有", "复印件": 2, "层级": "待核验"})
    path = tmp_path / "改过.xlsx"
    book.save(path)
    before = (folder / "guides" / "22_milk_tea.yml").read_text("utf-8")
    said = "\n".join(back(path, folder, catalogue))
    assert "新增问题「养猫」" in said and "选项 养／不养" in said and "新增材料「房屋租赁合同」" in said and "新增步骤「先看猫。」" in said
    assert "再签合同、交钱、租房子。 → 加盟的，先看总部给的书面资料，再签合同、交钱。" in said
    after = (folder / "guides" / "22_milk_tea.yml").read_text("utf-8")
    assert 'revision: "2026-11-21-2"' in after and set(before.splitlines()) - set(after.splitlines()) <= {'revision: "2026-11-21-1"', *before.split("steps:")[1].splitlines()[:2]}
    guide = load(folder, TODAY).by_id["milk_tea"]
    question = next(question for question in guide.questions if question.topic == "养猫")
    use = next(use for use in guide.materials if use.copies == 2 and use.when == {question.id: "yes", "licensed": "no"})
    assert use.items == ("business_licence",) and [option.value for option in question.options] == ["yes", "no"]
    assert any(step.text == "先看猫。" for step in guide.steps)


def test_a_renamed_answer_keeps_the_conditions_that_use_it(tea, folder, catalogue, tmp_path):
    book = load_workbook(tea)
    put(book["问题"], 2, {"选项": "加盟人家的牌子"})
    path = tmp_path / "改过.xlsx"
    book.save(path)
    assert back(path, folder, catalogue) == ["问题「加盟还是自创」的选项「加盟别人的牌子」：选项 加盟别人的牌子 → 加盟人家的牌子"]


def test_a_fee_and_a_limit_change_in_words(folder, catalogue, still, tmp_path):
    source = next(source for source in (guide_sheets.source(still, catalogue, guide.id) for guide in catalogue.editions) if source.own.items)
    path = tmp_path / "事项.xlsx"
    guide_sheets.export(source, catalogue, path)
    book = load_workbook(path)
    put(book["事项"], 2, {"收费": "不收一分钱", "承诺时限": "3日"})
    book.save(path)
    said = back(path, folder, catalogue)
    assert [line.split("：", 1)[1] for line in said] == ["承诺时限 （空） → 3日", f"收费 {source.own.items[0].fee.text} → 不收一分钱"]


@cases("wrong_guides.yml")
def test_a_wrong_guide_is_explained_and_changes_nothing(case, tea, folder, catalogue, tmp_path):
    book = load_workbook(tea)
    put(book[case["sheet"]], case["row"], case["cells"])
    path = tmp_path / "改过.xlsx"
    book.save(path)
    before = texts(folder)
    with pytest.raises(CatalogueError) as error:
        back(path, folder, catalogue)
    for words in case["says"]:
        assert words in str(error.value), str(error.value)
    assert all(problem.remedy and problem.file for problem in error.value.problems)
    assert texts(folder) == before


def test_a_guide_that_changed_since_its_export_is_not_overwritten(tea, folder, catalogue):
    path = folder / "guides" / "22_milk_tea.yml"
    path.write_text(path.read_text("utf-8").replace("summary: ", "summary: 先看清。"), "utf-8")
    with pytest.raises(CatalogueError, match="导出以后，这份指南又改过了"):
        back(tea, folder, load(folder, TODAY))


def test_a_sheet_or_a_column_that_is_gone_is_missed(tea, still, catalogue, tmp_path):
    book = load_workbook(tea)
    del book["注意"]
    book["步骤"].delete_cols(2)
    put(book["问法"], 1, {"问法": "怎么问"})
    path = tmp_path / "改过.xlsx"
    book.save(path)
    with pytest.raises(CatalogueError) as error:
        back(path, still, catalogue)
    said = str(error.value)
    assert "「注意」表：没有这张表" in said and "「步骤」表：少了「什么情况下」这一列" in said


def test_an_unknown_guide_is_named_with_its_likes(still, catalogue):
    with pytest.raises(CatalogueError, match="最像的是：我要开奶茶店"):
        guide_sheets.source(still, catalogue, "奶茶店")


def test_differences_tell_new_gone_and_changed(catalogue):
    old = catalogue.by_id["milk_tea"]
    first, *others = old.materials
    new = old.model_copy(update={"materials": (*others, first.model_copy(update={"original": 7})), "notes": old.notes[1:], "lead": "大厅"})
    said = "\n".join(differences(old, new, catalogue))
    assert f"牵头部门：{old.lead} → 大厅" in said and "：原件 1 → 7" in said and "删去注意「" in said and "材料：先后顺序改了" in said
    assert differences(old, old, catalogue) == []


# The 12345 list

@pytest.mark.parametrize("name", ["知识点.xlsx", "知识点.csv"])
def test_an_untouched_list_changes_nothing(name, still, catalogue, tmp_path):
    before = texts(still)
    hotline_list.export(catalogue, tmp_path / name)
    report = list_back(tmp_path / name, still, catalogue)
    assert len(report.unchanged) == len(catalogue.hotline) and not report.added and not report.updated
    assert texts(still) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_new_and_changed_entries_arrive_together(encoding, listed, folder, catalogue, tmp_path):
    heads, first, second = listed[:3]
    changed = [*first[:heads.index("答案")], "改过的答案。", *first[heads.index("答案") + 1:]]
    new = dict(zip(heads, second)) | {"编号": "", "类目": "猫狗/登记", "标题": "猫能开店吗？", "相似问": "给猫办执照\n猫当老板", "关键字": "猫；狗，猫店", "答案": "-不能。", "生效": "2026/11/1", "对应事项": ""}
    path = tmp_path / "表.csv"
    saved([heads, changed, second, list(new.values()), []], path)
    path.write_bytes(path.read_text("utf-8-sig").encode(encoding))
    report = list_back(path, folder, catalogue)
    assert (report.added, report.updated, report.unchanged) == (["mao_neng_kai_dian"], [first[0]], [second[0]])
    hotline_now = load(folder, TODAY).hotline
    assert hotline_now[first[0]].text == "改过的答案。"
    entry = hotline_now["mao_neng_kai_dian"]
    assert entry.text == "-不能。" and entry.keywords == ("猫", "狗", "猫店") and entry.effective == date(2026, 11, 1)
    assert (folder / "hotline" / "mao_gou.yml").exists()


@cases("wrong_rows.yml")
def test_a_wrong_row_is_explained_and_nothing_is_imported(case, listed, folder, catalogue, tmp_path):
    heads, first, second, third = listed[:4]
    third = [*third[:heads.index("答案")], "这一行本来可以导入。", *third[heads.index("答案") + 1:]]
    wrong = dict(zip(heads, first)) | {head: text * case.get("times", 1) for head, text in case["cells"].items()}
    wrong["编号"] = second[0] if wrong["编号"] == "same_as_row_3" else wrong["编号"]
    path = saved([heads, list(wrong.values()), second, third], tmp_path / "表.csv")
    before = texts(folder)
    with pytest.raises(CatalogueError) as error:
        list_back(path, folder, catalogue)
    for words in case["says"]:
        assert words in str(error.value), str(error.value)
    assert texts(folder) == before


def test_rows_that_contradict_each_other_are_rejected(listed, still, catalogue, tmp_path):
    heads, first = listed[:2]
    one = dict(zip(heads, first)) | {"编号": "one", "标题": "猫能开店吗？", "相似问": "给猫办执照\n猫当老板"}
    path = saved([heads, list(one.values()), list((one | {"编号": "two", "答案": "能。"}).values())], tmp_path / "表.csv")
    with pytest.raises(CatalogueError, match="第3行（two）：「猫能开店吗」在 表.csv 的「one」里也有，答案不一样，互相矛盾"):
        list_back(path, still, catalogue)


# Files

def test_nothing_in_a_written_file_is_calculated(tmp_path):
    cells = ("=1+1", "+86", "-不", "@a", "'=a", "2-1")
    for name in ("a.xlsx", "a.csv"):
        workbook.write(tmp_path / name, [workbook.Sheet("表", ("头",), [(cell,) for cell in cells])])
        (rows,) = workbook.read(tmp_path / name).values()
        assert tuple(row[0] for _, row in rows[1:]) == cells
    assert all(cell.data_type != "f" for (cell,) in load_workbook(tmp_path / "a.xlsx").active.iter_rows())
    assert not any(line.lstrip('"').startswith(("=", "+", "-", "@")) for line in (tmp_path / "a.csv").read_text("utf-8-sig").splitlines())


@pytest.mark.parametrize("name, data, says", [
    ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "有密码，或者是老式的"),
    ("a.xlsx", b"PK\x03\x04 broken", "不是完好的 Excel 文件"),
    ("a.xls", b"", "不会读「.xls」文件"),
    ("a.csv", b"\xff\xff\xff", "编码认不出来"),
    ("a.csv", '标题,"没有关上'.encode(), "CSV 读不出来"),
    ("a.csv", b"", "是空的，连列名也没有"),
    ("a.csv", "编号,类目,多出来的\n".encode(), "少了「标题」这一列"),
    ("a.csv", "编号,类目,多出来的\n".encode(), "「多出来的」这一列不认识"),
    ("a.csv", "编号,编号\n".encode(), "有 2 列「编号」"),
    ("a.csv", "编号,,\na,b\n".encode(), "B列没有列名，却有内容"),
    ("a.csv", "编号\na\x01\n".encode(), "控制字符"),
])
def test_a_broken_file_is_explained(name, data, says, still, catalogue, tmp_path):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CatalogueError) as error:
        list_back(tmp_path / name, still, catalogue)
    assert says in str(error.value)


def test_formulas_merged_cells_and_other_sheets_are_refused(listed, still, catalogue, tmp_path):
    book = Workbook()
    for row in listed:
        book.active.append(row)
    book.active["C2"].value = "=1+1"
    book.active.merge_cells("A3:A4")
    path = tmp_path / "表.xlsx"
    book.save(path)
    with pytest.raises(CatalogueError) as error:
        list_back(path, still, catalogue)
    assert "C2：里面是公式" in str(error.value) and "A3:A4 是合并的单元格" in str(error.value)


def test_days_from_excel_and_blank_rows_are_read(listed, still, catalogue, tmp_path):
    book = Workbook()
    for row in listed[:2]:
        book.active.append(row)
    day = next(cell for cell in book.active[2] if book.active.cell(1, cell.column).value == "生效")
    day.value = date.fromisoformat(day.value)
    book.active.cell(30, 3).value = "  "
    path = tmp_path / "表.xlsx"
    book.save(path)
    assert list_back(path, still, catalogue).unchanged == [listed[1][0]]
    book.create_sheet("另一张").append(["内容"])
    book.save(path)
    with pytest.raises(CatalogueError, match="「另一张」表：这张表不会导入"):
        list_back(path, still, catalogue)
