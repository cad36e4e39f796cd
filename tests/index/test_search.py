"""What people type, and what they get."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest

SCHEMA = Path(__file__).parents[1] / "contracts" / "search-line.schema.json"


@pytest.mark.parametrize("said, matter", [
    ("想开个奶茶店", 22), ("俺想弄个卖奶茶的小店", 22), ("开网吧要啥证", 46), ("想离婚", 13), ("涮锅店咋办证", 11), ("歌厅消防", 49), ("奶茶店 🧋！！", 22), ("网巴加盟", 46),
])
def test_the_matter_is_found(index, said, matter):
    result = index.search(said)
    assert result.status != "no_match" and result.hits[0].matter == matter


def test_a_phrasing_that_is_written_down_is_always_found(index, entries):
    for entry in entries:
        for ask in entry.asks:
            result = index.search(f"请问{ask}？", region=entry.region)
            assert result.status == "answered" and result.hits[0].id == entry.id


@pytest.mark.parametrize("said, id", [("开奶茶店要多少钱", "m22/fee"), ("开网吧要带啥材料", "m46/materials"), ("离婚登记几天能办好", "m13/time"), ("想开奶茶店", "m22")])
def test_an_aspect_finds_its_own_line(index, said, id):
    assert index.search(said).hits[0].id == id


@pytest.mark.parametrize("said, id", [("要多少钱", "m22/fee"), ("多久能办好", "m22/time"), ("学校门口能开吗", "m22/school"), ("那我想开网吧呢", "m46")])
def test_the_matter_under_discussion_is_meant(index, said, id):
    assert index.search(said, matter=22).hits[0].id == id


def test_an_aspect_of_nothing_asks_back(index):
    assert index.search("要多少钱").status == "ask_back"


@pytest.mark.parametrize("said", ["民权和平顶山的联办部门几个工作日作出受理决定", "各地的联办部门几个工作日作出受理决定"])
def test_places_named_together_are_compared_each_under_its_name(index, said):
    told = index.search(said).told
    assert {hit.region for hit in told} == {"民权县", "平顶山市"} and all(hit.region in hit.title for hit in told)


def test_what_no_longer_holds_is_not_found(entries, index):
    later = replace(index, entries=[replace(entry, effective=date(2027, 1, 1)) if entry.id == "m22/school" else entry for entry in entries])
    before, after = (later.search("挨着学校能卖喝的不", matter=22, day=day).hits for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert "m22/school" not in {hit.id for hit in before} and after[0].id == "m22/school"


@pytest.mark.parametrize("said", ["", "   ", "怎么", "？？！", "😀😀", "asdkjhqwe", "护照怎么办", "驾照丢了咋补", "你是谁", "讲个笑话吧", "低保怎么申请", "的" * 10_000])
def test_what_is_not_ours_is_refused(index, said):
    result = index.search(said)
    assert result.status == "no_match" and result.hits == ()


def test_other_business_is_signposted(index):
    assert index.search("护照怎么办").elsewhere.where == "护照请到别处办。"


@pytest.mark.parametrize("said, region, id", [
    ("联办部门几个工作日作出受理决定", "民权县", "rule_民权县/14"),
    ("联办部门几个工作日作出受理决定", "平顶山市", "rule_平顶山市/14"),
    ("平顶山联办部门几个工作日作出受理决定", "民权县", "rule_平顶山市/14"),
])
def test_a_rule_answers_for_its_own_region_only(index, said, region, id):
    result = index.search(said, region=region)
    assert result.hits[0].id == id
    assert {hit.region for hit in result.hits if hit.kind == "rule"} == {result.hits[0].region}


@pytest.mark.parametrize("said", ["想开个奶茶店", "联办部门几个工作日作出受理决定", "", "想开个网吧" * 2000])
def test_every_line_keeps_the_contract(index, said):
    line = json.loads(json.dumps(index.search(said).line(), ensure_ascii=False))
    jsonschema.validate(line, json.loads(SCHEMA.read_text("utf-8")))
    assert all(0 <= hit["score"] <= 1 for hit in line["hits"])
    assert [hit["score"] for hit in line["hits"]] == sorted((hit["score"] for hit in line["hits"]), reverse=True)


def test_no_more_hits_than_asked_for(index):
    assert len(index.search("开奶茶店要多少钱", k=1).hits) == 1
