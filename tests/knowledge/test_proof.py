"""The proof itself: it counts what walking counts, and it finds each kind of fault with an example in plain words."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from consult.walk import walk
from knowledge import proof
from knowledge.catalogue import load
from knowledge.schema import Guide

WRONG = YAML(typ="safe", pure=True).load((Path(__file__).parent / "wrong_guides.yml").read_text("utf-8"))


@pytest.mark.parametrize("guide", [load().by_id["marriage"], Guide.model_validate(WRONG["sound"])], ids=lambda guide: guide.id)
def test_it_counts_what_walking_counts(guide):
    assert proof.count(guide) == sum(1 for _ in walk(guide, unsure=True))


@pytest.mark.parametrize("case", WRONG["cases"], ids=lambda case: case["name"])
def test_a_fault_is_found_and_shown_with_an_example(case):
    guide = Guide.model_validate(WRONG["sound"] | case["change"])
    told = [str(problem) for problem in proof.faults(guide)]
    assert len(told) == len(case["says"]), told
    for words in case["says"]:
        assert any(words in problem for problem in told), told


def test_a_sound_guide_has_no_faults():
    assert not list(proof.faults(Guide.model_validate(WRONG["sound"])))
