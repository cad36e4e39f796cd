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


def test_a_rule_answers_for_the_region_that_is_named(lines):
    run = subprocess.run([sys.executable, "-m", "index", "search"], cwd=ROOT, input="南阳受理要几天\n", capture_output=True, text=True, timeout=120, check=True)
    hit = json.loads(run.stdout)["hits"][0]
    assert hit["kind"] == "rule" and hit["sources"][0]["region"] == "南阳市"
