"""The guides' pages: every guide, both versions, whole and in order; nothing that a guide says can break a page."""

from datetime import datetime
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from actions.memory import Books, Kit
from channels import guides
from knowledge.catalogue import load

DAY = datetime(2026, 11, 21)
CATALOGUE = load(day=DAY.date())
ELEMENTS = [
    "事项名称", "适用范围", "审查类型", "办理依据", "受理机构", "决定机构", "数量限制", "申请条件", "不予办理的情形", "申请材料目录", "申请接收",
    "办理流程", "办结时限", "收费", "办理结果", "结果送达", "权利和义务", "咨询", "监督投诉", "地点和时间", "进程和结果查询",
]


def client(catalogue=CATALOGUE):
    app = FastAPI()
    app.include_router(guides.router(Kit(Books(catalogue, None), None, lambda: DAY, "民权县", "MQ", lambda: None)))
    return TestClient(app)


class Words(HTMLParser):
    """The text of a page and its headings."""

    def __init__(self, page: str):
        super().__init__()
        self.text, self.headings, self._in = "", [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._in = tag

    def handle_data(self, data):
        self.text += data
        if self._in == "h2" and data.strip():
            self.headings.append(data.strip())


@pytest.mark.parametrize("guide", CATALOGUE.guides.values(), ids=lambda guide: guide.id)
def test_both_versions_tell_everything_and_the_full_one_in_the_order_of_the_standard(guide):
    short, full = (Words(client().get(f"/guides/{guide.id}{version}").text) for version in ("", "/full"))
    for item in guide.items:
        assert item.name in short.text and item.name in full.text
    for use in guide.materials:
        name = CATALOGUE.materials[use.material].name
        assert name in full.text and (name in short.text or use.waived)
    for line in (*guide.conditions, *guide.steps, *guide.mistakes, *guide.facts):
        assert line.text in full.text
    places = [next(number for number, heading in enumerate(full.headings) if element in heading) for element in ELEMENTS]
    assert places == sorted(places)


def test_the_contents_list_all_fifty_and_a_wrong_name_is_refused():
    page = Words(client().get("/guides/").text).text
    assert all(matter.title in page for matter in CATALOGUE.matters.values())
    assert client().get("/guides/nowhere").status_code == 404
    assert client().get("/guides/22").status_code == 200


def test_hostile_knowledge_is_told_not_executed():
    guide = CATALOGUE.by_id["milk_tea"].model_copy(update={"summary": "<script>alert(1)</script>"})
    catalogue = load(day=DAY.date())
    catalogue.guides[22] = guide
    page = client(catalogue).get("/guides/22").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
