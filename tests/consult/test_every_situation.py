"""Every situation of every guide: proved without walking, then told, filled in and handed in for a set that shows every line and every answer."""

import json
from datetime import date, datetime, timezone

import pytest
from jsonschema import Draft202012Validator

from consult.answer import read_field
from consult.draft import Envelope, Incomplete, make_draft
from consult.form import YES_NO, combine
from consult.notice import make_notice
from consult.situation import Answer, assess
from consult.walk import representative
from knowledge import proof
from knowledge.catalogue import load
from knowledge.condition import UNSURE
from settings import ROOT

TODAY = date(2026, 11, 21)
CATALOGUE = load()
SCHEMA = Draft202012Validator(json.loads((ROOT / "consult" / "draft.schema.json").read_text("utf-8")))
DRAFTS = 25  # situations between two drafts that are checked against the schema; it is slow


@pytest.mark.parametrize("number", sorted(CATALOGUE.guides))
def test_nothing_goes_wrong_in_any_situation(number):
    guide = CATALOGUE.guides[number]
    assert not [str(problem) for problem in proof.faults(guide)]
    assert proof.count(guide) > 1


@pytest.mark.parametrize("number", sorted(CATALOGUE.guides))
def test_every_line_and_answer_is_told_filled_in_and_handed_in(number):
    guide, shown = CATALOGUE.guides[number], set()
    for count, situation in enumerate(representative(guide)):
        notice = make_notice(situation, CATALOGUE, TODAY)
        _is_complete(notice)
        shown |= {(section, id(line)) for section in proof.DECIDED for line, state in situation.lines(section) if state == "needed"}
        if count % DRAFTS == 0 and notice.items:
            _can_be_handed_in(situation, notice)
    missed = [line for section in proof.DECIDED for line in getattr(guide, section) if (section, id(line)) not in shown]
    assert not missed, f"no situation shows {missed[0]}"


@pytest.mark.parametrize("number", sorted(CATALOGUE.guides))
def test_not_knowing_is_an_answer_everywhere(number):
    """Answering 「不清楚」 to everything ends too, and lists every open question with how to find out."""
    guide, answers = CATALOGUE.guides[number], {}
    while pending := assess(guide, answers).pending:
        answers[pending[0].id] = Answer(UNSURE)
    situation = assess(guide, answers)
    notice = make_notice(situation, CATALOGUE, TODAY)
    assert notice.verdict == "unsure" and {row["question"] for row in notice.confirm} == {q.ask for q in situation.asked}
    assert any(item.state == "maybe" for item in notice.items) or any(m.state == "maybe" for m in notice.materials)
    _can_be_handed_in(situation, notice)


@pytest.mark.parametrize("field", CATALOGUE.fields.values(), ids=lambda field: field.id)
def test_the_example_of_a_field_is_a_good_answer(field):
    if field.role != "ready":
        assert read_field(field, field.example, YES_NO if field.type == "yes_no" else (), TODAY).value


def _is_complete(notice) -> None:
    assert (notice.verdict == "done") == (not notice.items and not notice.unmet)
    assert notice.basis and notice.delivery and notice.conditions
    assert notice.steps or not notice.items
    assert notice.places["hall"] and notice.places["hotline"]
    assert bool(notice.timeline["accepted"]) == any(item.joint and item.state == "needed" for item in notice.items)
    for item in notice.items:
        assert item.department and item.statutory and item.promised and item.fee.text and item.result and item.level
        assert item.basis or item.level in ("待核验", "他地参考")
    for material in notice.materials:
        assert material.items and material.origin
        assert material.waived or material.original or material.copies or material.electronic
    assert len({material.id for material in notice.materials}) == len(notice.materials)
    assert (notice.verdict == "unmet") == bool(notice.unmet)
    assert all(row["otherwise"] for row in notice.unmet)


def _can_be_handed_in(situation, notice) -> None:
    """Fills the form with each field's own example, and hands in a draft that the intake service's schema accepts."""
    envelope = Envelope("MQ-TEST22-1", "TEST22", "web", "MQGZ20261121-0001", datetime(2026, 11, 21, 9, tzinfo=timezone.utc))
    told: dict = {}
    while pending := combine(situation, CATALOGUE.fields, told, notice.to_bring).pending:
        entry = pending[0]
        with pytest.raises(Incomplete) as error:
            make_draft(situation, notice, combine(situation, CATALOGUE.fields, told, notice.to_bring), envelope)
        assert entry.field.label in error.value.labels
        example = "都齐了" if entry.field.role == "ready" else entry.field.example
        told[entry.field.id] = read_field(entry.field, example, entry.options, TODAY).value
    form = combine(situation, CATALOGUE.fields, told, notice.to_bring)
    assert len({entry.field.id for entry in form.entries}) == len(form.entries), "a field is asked twice"
    SCHEMA.validate(make_draft(situation, notice, form, envelope))
