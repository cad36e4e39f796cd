"""`python -m index search` on the built index: one JSON a line, in the shape of the contract."""

import json
import subprocess
import sys

import pytest
from jsonschema import Draft202012Validator

from settings import ROOT

CONTRACT = Draft202012Validator(json.loads((ROOT / "tests" / "contracts" / "search-line.schema.json").read_text("utf-8")))
FOUND = {
    "我要开奶茶店": ("answered", "guide", 22), "奶査店": ("answered", "guide", 22), "开奶茶店要多少钱": ("answered", "fact", 22),
    "俺媳妇刚生了个小子，都得办啥证啊": ("answered", "guide", 1), "我要开火锅店": ("answered", "guide", 11), "受理要几天": ("answered", "rule", None),
}
NOT_OURS = ["护照怎么办", "今天天气怎么样", "", "   ", "😀", "怎么", "asdf", "长" * 10_000]


@pytest.fixture(scope="module")
def lines() -> dict[str, dict]:
    asked = "\n".join([*FOUND, *NOT_OURS]) + "\n"
    run = subprocess.run([sys.executable, "-m", "index", "search", "--k", "3"], cwd=ROOT, input=asked, capture_output=True, text=True, timeout=120, check=True)
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(told) == len(FOUND) + len(NOT_OURS)
    for line in told:
        CONTRACT.validate(line)
    return {line["q"]: line for line in told}


@pytest.mark.parametrize("q", FOUND)
def test_what_is_ours_is_found(lines, q):
    status, kind, matter = FOUND[q]
    assert (lines[q]["status"], lines[q]["hits"][0]["kind"], lines[q]["hits"][0]["matter"]) == (status, kind, matter)
    assert lines[q]["hits"][0]["sources"]


@pytest.mark.parametrize("q", NOT_OURS, ids=lambda q: q[:8] or "empty")
def test_what_is_not_ours_is_refused(lines, q):
    assert lines[q]["status"] == "no_match"


# The same question has another answer in another place: who asks is told the rule of the place they name, else of ours.
RULES = {
    "受理要几天": ["minquan/14"], "南阳受理要几天": ["nanyang/15"], "平顶山的受理要几天": ["pingdingshan/19"],
    "民权和平顶山受理要几天": ["minquan/14", "pingdingshan/19"],
    "各地受理要几天": ["minquan/14", "nanyang/15", "pingdingshan/19", "county/第四部分（二）3"],
    "网上申请多久审核": ["minquan/13"], "南阳网上申请多久审核": ["nanyang/14"],
    "办好的证怎么送到我手里": ["minquan/16"], "平顶山办好的证怎么送到我手里": ["pingdingshan/23"],
    "解释权归谁": ["minquan/28"], "南阳的解释权归谁": ["nanyang/28"],
}


@pytest.fixture(scope="module")
def ruled() -> dict[str, list[str]]:
    run = subprocess.run([sys.executable, "-m", "index", "search", "--k", "5"], cwd=ROOT, input="\n".join(RULES) + "\n", capture_output=True, text=True, timeout=120, check=True)
    return {line["q"]: [hit["id"] for hit in line["hits"]] for line in map(json.loads, run.stdout.splitlines())}


@pytest.mark.parametrize("q", RULES)
def test_a_rule_answers_for_the_places_that_are_named(ruled, q):
    assert set(ruled[q]) == set(RULES[q]) and ruled[q][0] == RULES[q][0]


def test_why_a_line_won_is_told_on_request():
    run = subprocess.run([sys.executable, "-m", "index", "search", "--explain"], cwd=ROOT, input="想开個奶茶店\n护照怎么办理啊\n", capture_output=True, text=True, timeout=120, check=True)
    ours, others = run.stdout.strip().split("\n\n")
    assert "听成「想开个奶茶店」" in ours and "milk_tea「我要开奶茶店」" in ours.splitlines()[2] and "共同的词：" in ours and "奶茶" in ours
    assert "更像不归我们的「" in others and "护照" in others
