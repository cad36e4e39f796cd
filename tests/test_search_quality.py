"""How well the built index does on the examination: floors that a change must not fall through. The figures themselves: make evaluate."""

import pytest

from index.evaluate import Report, evaluate
from index.search import Index
from index.words import normalise
from knowledge import catalogue
from knowledge.entries import entries
from settings import ROOT


@pytest.fixture(scope="module")
def report() -> Report:
    known = catalogue.load()
    index = Index.load(ROOT / "var" / "index", entries(known), known.elsewhere)
    return evaluate(index, catalogue.trials(ROOT / "tests" / "index" / "exam"))


@pytest.mark.parametrize("sort, first, among_three", [("matter", 0.97, 0.995), ("hotline", 0.94, 0.98), ("rule", 0.90, 0.95)])
def test_what_is_meant_comes_first(report, sort, first, among_three):
    tally = report.sorts[sort]
    assert tally.first / tally.asked >= first and tally.among_three / tally.asked >= among_three


@pytest.mark.parametrize("sort", ["matter", "hotline", "rule"])
def test_little_of_ours_is_refused_or_answered_wrongly(report, sort):
    tally = report.sorts[sort]
    assert tally.outcomes["no_match"] / tally.asked <= 0.04 and tally.outcomes["wrong"] / tally.asked <= 0.03


def test_what_is_not_ours_is_seldom_answered(report):
    tally = report.sorts["other"]
    assert tally.outcomes["answered"] / tally.asked <= 0.04 and tally.outcomes["no_match"] / tally.asked >= 0.8


@pytest.mark.parametrize("style", ["typo", "asr", "dialect"])
def test_typing_errors_speech_and_dialect_are_understood_as_well_as_plain_words(report, style):
    plain, other = report.styles["plain"], report.styles[style]
    assert other.first / other.asked >= plain.first / plain.asked - 0.05


def test_nothing_of_the_examination_is_known_beforehand(report):
    known = catalogue.load()
    asks = [ask for some in (*entries(known), *known.elsewhere) for ask in some.asks]
    said = {normalise(text) for text in (*asks, *(trial.q for trial in known.trials))}
    assert not said & {normalise(trial.q) for trial in catalogue.trials(ROOT / "tests" / "index" / "exam")}
