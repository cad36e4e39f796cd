"""What comes out of a situation besides the lists: what is done together, what may come later, what is known already."""

from datetime import date

import pytest

from actions import say_notice
from consult.form import combine
from consult.notice import make_notice, to_bring
from consult.situation import Answer, assess
from consult.walk import representative
from knowledge.catalogue import load

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalogue():
    return load().on(TODAY)


@pytest.mark.parametrize("said, value", [("180平方米", "180"), ("20到200平方米", None), ("八九十个平方", None)])
def test_a_number_that_was_said_is_not_asked_again_on_the_form(catalogue, said, value):
    guide = catalogue.by_id["internet_cafe"]
    situation = assess(guide, {"floor_area": Answer("medium", said)})
    entry = next(entry for entry in combine(situation, catalogue.fields, {}, ()).entries if entry.field.id == "floor_area")
    assert entry.value == value


def test_everything_to_be_done_is_said_to_be_done_together_or_apart(catalogue):
    for situation in representative(catalogue.by_id["milk_tea"]):
        told = make_notice(situation, catalogue, TODAY)
        words = "\n".join(say_notice.scope(told))
        assert all(item.name in words for item in told.items)
        assert ("一个窗口" in words) == any(item.joint for item in told.items)


def test_a_paper_that_may_come_later_says_what_follows_from_that(catalogue):
    seen = 0
    for guide in catalogue.guides.values():
        for situation in representative(guide):
            told = make_notice(situation, catalogue, TODAY)
            promised = [m for m in told.materials if m.commitment and not m.waived]
            assert bool(told.commitment) == bool(promised)
            assert bool(told.deferral) == any(m.deferrable and not m.waived for m in told.materials)
            for paper in (m for m in promised if m.state == "needed"):
                words = say_notice.papers(told, {paper.id}).text
                assert paper.name in words and ("三年内不能再申请" in words or paper.deferrable)
                seen += 1
    assert seen


def test_nothing_to_bring_leaves_nothing_to_ask(catalogue):
    for guide in catalogue.guides.values():
        for situation in representative(guide):
            ready = combine(situation, catalogue.fields, {}, to_bring(situation, catalogue)).by_role("ready")
            assert (ready.value == ()) == (not ready.options)


def test_the_slowest_chain_ends_where_the_timeline_ends(catalogue):
    for situation in representative(catalogue.by_id["milk_tea"]):
        plan = make_notice(situation, catalogue, TODAY).timeline
        ends = {row["name"]: row["ends"] for row in plan["items"]}
        if plan["critical"]:
            assert ends[plan["critical"][-1]] == max(ends.values())
