"""The 一次告知单's own page and its PDF: everything that was told, to whoever holds the link and nobody else."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pypdf import PdfReader

from actions import say_notice
from actions.memory import Books, Kit
from channels import sheets
from channels.links import Links
from consult.notice import make_notice
from consult.walk import representative
from knowledge.catalogue import load
from records import notices
from records.store import Store, migrate
from records.talks import Consultation, keep, new_code

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KNOWN = load(day=NOW.date())
LINKS = Links("http://testserver", "only for tests, long enough to serve as a key")
TOLD = {  # what of each part of a notice has to be read somewhere on the page
    "materials": ("name", "origin", "waived", "note"), "items": ("name", "department", "limit", "fee", "result"), "conditions": ("text",),
    "confirm": ("question", "how"), "answers": ("question", "answer"),
}
PLAIN = ("steps", "notes", "mistakes", "scope", "consequences", "delivery", "basis")


@pytest.fixture(scope="module")
def kit(tmp_path_factory) -> Iterator[Kit]:
    url = f"sqlite:///{tmp_path_factory.mktemp('notices') / 'test.db'}"
    migrate(url)
    store = Store(url, "only for tests, long enough to serve as a key")
    yield Kit(Books(KNOWN, None), store, lambda: NOW, "民权县", "MQ", lambda: None)
    store.engine.dispose()


@pytest.fixture(scope="module")
def web(kit) -> TestClient:
    app = FastAPI()
    app.include_router(sheets.router(kit, LINKS))
    return TestClient(app)


def issued(kit: Kit, situation, **other: object) -> notices.NoticeRow:
    """A notice as the conversation issues it; `other` takes the place of parts of it."""
    notice = replace(make_notice(situation, KNOWN, NOW.date()), **other)
    with kit.store.begin() as db:
        consultation = Consultation(new_code(db), situation.guide.id, situation.guide.revision, "web")
        keep(kit.store, db, consultation, NOW)
        return notices.issue(db, consultation.code, "MQ", say_notice.data(notice, ""), lambda number: say_notice.whole(notice, number).text, NOW)


def words(page: str) -> str:
    """Everything that a page says, without blanks."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", page)))


def facts(content: dict) -> Iterator[str]:
    """Every fact of a notice that a citizen must find."""
    for part, names in TOLD.items():
        yield from (row[name] for row in content[part] for name in names if row[name])
    for part in PLAIN:
        yield from content[part]


@pytest.mark.parametrize("guide", KNOWN.by_id)
def test_everything_that_was_told_is_on_the_page(kit, web, guide):
    situations = list(representative(KNOWN.by_id[guide]))
    for situation in {repr(each.asked): each for each in situations}.values():
        row = issued(kit, situation)
        page = web.get(LINKS.notice(row.number))
        assert page.status_code == 200
        said = words(page.text)
        missing = [fact for fact in facts(row.content) if words(fact).rstrip("。") not in said]
        assert not missing
        assert row.number in said and KNOWN.by_id[guide].revision in said


@pytest.mark.parametrize("guide", ["milk_tea", "birth", "ktv"])
def test_the_paper_says_the_same(kit, web, guide):
    row = issued(kit, max(representative(KNOWN.by_id[guide]), key=lambda each: len(each.lines("materials"))))
    answer = web.get(LINKS.notice(row.number).replace("?k=", ".pdf?k="))
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    paper = PdfReader(io.BytesIO(answer.content))
    said = re.sub(r"\s+", "", "".join(page.extract_text() for page in paper.pages))
    assert not [one["name"] for one in row.content["materials"] if words(one["name"]) not in said]
    assert f"第1页/共{len(paper.pages)}页" in said and row.number in said
    assert paper.metadata.title.startswith("一次告知单") and paper.trailer["/Root"]["/Lang"].startswith("zh") and paper.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("spoil", [
    lambda link: link[:-1] + ("0" if link[-1] != "0" else "1"), lambda link: link.split("?")[0], lambda link: link.replace("?k=", "?k=啊"),
    lambda link: re.sub(r"-\d+\?", "-9999?", link), lambda link: link.replace("/n/", "/n/../n/x"), lambda link: link.replace("?k=", ".pdf?k=0"),
])
def test_without_the_link_nobody_learns_anything(kit, web, spoil):
    row = issued(kit, next(representative(KNOWN.by_id["milk_tea"])))
    answer = web.get(spoil(LINKS.notice(row.number)))
    assert answer.status_code == 404 and "奶茶" not in answer.text


def test_a_link_to_a_notice_opens_no_form(kit, web):
    row = issued(kit, next(representative(KNOWN.by_id["milk_tea"])))
    assert not LINKS.holds("f", row.number, LINKS.notice(row.number).split("k=")[1])


def test_nothing_on_the_way_keeps_it(kit, web):
    row = issued(kit, next(representative(KNOWN.by_id["milk_tea"])))
    headers = web.get(LINKS.notice(row.number)).headers
    assert "no-store" in headers["cache-control"] and headers["referrer-policy"] == "no-referrer" and headers["x-robots-tag"] == "noindex"


def test_what_a_guide_says_cannot_break_the_page_or_fetch_anything(kit, web):
    hostile = "<script>alert(1)</script><img src='http://127.0.0.1:1/x'><link rel=stylesheet href='file:///etc/passwd'>"
    row = issued(kit, next(representative(KNOWN.by_id["milk_tea"])), lead=hostile)
    page = web.get(LINKS.notice(row.number)).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    paper = PdfReader(io.BytesIO(web.get(LINKS.notice(row.number).replace("?k=", ".pdf?k=")).content))
    assert "alert(1)" in "".join(page.extract_text() for page in paper.pages) and "root:" not in paper.pages[0].extract_text()
