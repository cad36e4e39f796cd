"""The knowledge as it is, and what is said of knowledge that is broken."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from knowledge.catalogue import HERE, article_name, load
from knowledge.entries import entries
from knowledge.problem import CatalogueError

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yml"))


@pytest.fixture(scope="module")
def catalogue():
    return load()


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_explained(path, tmp_path):
    """Each case changes one file of the real knowledge and says which words the error must contain."""
    case = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    target = folder / case["file"]
    text = target.read_text("utf-8") if target.exists() else ""
    if "replace" in case:
        assert case["replace"] in text, "the case no longer fits the file"
        text = text.replace(case["replace"], case["with"], 1)
    target.write_text(case.get("whole", text) + case.get("append", ""), "utf-8")
    with pytest.raises(CatalogueError) as error:
        load(folder)
    for words in case["says"]:
        assert words in str(error.value)
    assert all(problem.file and problem.remedy for problem in error.value.problems)


def test_all_problems_are_reported_at_once(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "regions.yml").unlink()
    (folder / "laws.yml").write_text("- id: X\n  surprise: 1\n", "utf-8")
    with pytest.raises(CatalogueError) as error:
        load(folder)
    said = str(error.value)
    assert "regions.yml" in said and "不认识的键「surprise」" in said and "缺少「title」" in said and "「X」写法不对" in said


def test_the_county_list_is_whole(catalogue):
    assert sorted(catalogue.matters) == list(range(1, 51))
    assert {1, 4, 5, 12, 22, 46} <= set(catalogue.guides)


def test_every_line_says_its_level(catalogue):
    for guide in catalogue.guides.values():
        for section in ("conditions", "items", "materials", "steps", "notes", "mistakes", "facts"):
            assert all(catalogue.level(line) for line in getattr(guide, section))


def test_citations_read_like_citations(catalogue):
    assert article_name("35") == "第三十五条" and article_name("") == "" and article_name("120-1") == "第一百二十条之一"
    cited = catalogue.cite(["food_safety_law 35", "food_safety_law 45"])
    assert len(cited) == 1 and cited[0].endswith("第三十五条、第四十五条")


def test_what_no_source_gives_is_never_told_as_fact(catalogue):
    """An unverified fact says so wherever it can be found."""
    unverified = {f"{g.id}/{f.id}" for g in catalogue.guides.values() for f in g.facts if catalogue.level(f) == "待核验"}
    for entry in entries(catalogue):
        if entry.id in unverified:
            assert "以大厅公布为准" in entry.text
