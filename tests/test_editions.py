"""What changes with time: editions of guides, lines with a first or last day, consultations that keep what they began with."""

import shutil
from datetime import date, datetime, timezone

import pytest
from openpyxl import load_workbook

from actions import say_notice
from actions.memory import Books, Kit, begin, turn
from consult.notice import make_notice
from consult.situation import Answer, assess
from knowledge.catalogue import HERE, load
from knowledge.edition import Edition
from knowledge.exchange import guide_sheets, guides, workbook
from records.store import Store, migrate

NOW = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)
OLD, NEW = "要有一处能写清门牌的固定地址", "要有一处挂了门牌的固定地址"


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text, "the test no longer fits the file"
    path.write_text(text.replace(old, new, 1), "utf-8")


def kit(knowledge, store):
    return Kit(Books(knowledge, None), store, lambda: NOW, "民权县", "MQ", lambda: None)


def test_a_consultation_keeps_the_edition_it_began_with(files, tmp_path):
    """An official mends a shared module; whoever is being served meanwhile is told what they were told, newcomers hear the new."""
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store = Store(url, "only for tests, long enough to serve as a key")
    before = load(files)
    with turn(kit(before, store), "early") as early:
        begin(early, before.by_id["milk_tea"])
    edit(files / "modules" / "premises.yml", OLD, NEW)
    after = load(files)
    for who, hears in (("early", OLD), ("late", NEW)):
        with turn(kit(after, store), who) as now:
            if who == "late":
                begin(now, after.by_id["milk_tea"])
            assert any(hears in line.text for line in now.notice.conditions)
    store.engine.dispose()


def test_a_guide_edited_in_excel_reaches_a_conversation(files, tmp_path):
    """The lead department adds a step in Excel; nobody touches a YAML file or a line of code."""
    known, sent = load(files), tmp_path / "奶茶店.xlsx"
    guide_sheets.export(guide_sheets.source(files, known, "我要开奶茶店"), known, sent)
    book = load_workbook(sent)
    steps = book["步骤"]
    steps.append([{"内容": "开门第一天，请市场监管所来看一眼。", "层级": "待核验"}.get(head.value, "") for head in steps[1]])
    book.save(sent)
    changes = guides.imported(workbook.read(sent), sent.name, files, known)
    assert any("请市场监管所来看一眼" in change for change in changes)
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store, edited = Store(url, "only for tests, long enough to serve as a key"), load(files)
    with turn(kit(edited, store), "anybody") as talk:
        begin(talk, edited.by_id["milk_tea"])
        told = say_notice.whole(talk.notice, "MQGZ").text
    assert "请市场监管所来看一眼" in told and edited.by_id["milk_tea"].revision in told
    store.engine.dispose()


@pytest.mark.parametrize("guide", sorted(load().by_id))
def test_an_edition_says_what_the_guide_says(guide):
    catalogue = load(day=date(2026, 11, 21))
    edition = Edition.of(catalogue, catalogue.by_id[guide])
    assert Edition(edition.content).fingerprint == edition.fingerprint
    for known in (catalogue, edition.on(catalogue.day)):
        whole = known.by_id[guide]
        answers = {}
        while pending := assess(whole, answers).pending:
            answers[pending[0].id] = Answer(pending[0].options[0].value, pending[0].options[0].label)
        told = make_notice(assess(whole, answers), known, catalogue.day).as_data()
        if known is catalogue:
            first = told
    assert told == first


def test_a_line_holds_from_its_first_day_to_its_last(files):
    text = "  - text: 执照要挂在店里显眼的地方。\n"
    edit(files / "modules" / "registration.yml", text, text + "    effective: 2027-01-01\n    expires: 2027-06-30\n")
    knowledge = load(files, day=date(2026, 12, 31))
    def told(day):
        return any("执照要挂在店里" in note.text for note in knowledge.on(day).by_id["milk_tea"].notes)
    assert [told(date(*day)) for day in ((2026, 12, 31), (2027, 1, 1), (2027, 6, 30), (2027, 7, 1))] == [False, True, True, False]


def test_a_new_edition_of_a_guide_takes_over_on_its_day(files):
    old = files / "guides" / "22_milk_tea.yml"
    new = files / "guides" / "22_milk_tea_2027.yml"
    shutil.copy(old, new)
    edit(old, "effective: 2026-11-21\n", "effective: 2026-11-21\nexpires: 2026-12-31\n")
    edit(new, "effective: 2026-11-21\n", "effective: 2027-01-01\n")
    edit(new, 'revision: "2026-11-21-1"', 'revision: "2027-01-01-1"')
    knowledge = load(files, day=date(2026, 11, 21))
    assert knowledge.guides[22].revision == "2026-11-21-1"
    assert knowledge.on(date(2027, 1, 1)).guides[22].revision == "2027-01-01-1"
