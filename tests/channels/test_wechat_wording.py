"""Our replies in the platform's words: within its limits, cut where one would pause, nothing lost and nothing broken."""

import re

import pytest

from channels.links import Links
from channels.wechat import wording

LINKS = Links("https://example.org", "only for tests, long enough to serve as a key")
PARAGRAPH = "一张表、一个窗口、一次办好。材料交到窗口；缺的当场说清，不用再跑。"


def said(parts: list[dict]) -> str:
    """What a person reads, without the tags."""
    return "".join(re.sub(r"<a [^>]*>|</a>", "", part["content"]) for part in parts if part["type"] == "text")


@pytest.mark.parametrize("text", [
    PARAGRAPH * 80, "\n".join([PARAGRAPH] * 80), "\n\n".join([PARAGRAPH] * 80), "字" * 3000, "a" * 5000, "😀" * 1500, "\n".join(wording.tap(f"{n}. {PARAGRAPH}") for n in range(60)),
], ids=["sentences", "lines", "paragraphs", "no break", "ascii", "emoji", "links"])
def test_a_long_text_is_cut_to_fit_and_nothing_is_lost(text):
    pieces = list(wording.cut(text))
    assert len(pieces) > 1 and all(len(piece.encode()) <= wording.MOST for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    assert all(piece.count("<a ") == piece.count("</a>") for piece in pieces)


@pytest.mark.parametrize("joint", ["\n\n", "\n", "。", "；"])
def test_a_text_is_cut_where_one_would_pause(joint):
    first, second, *rest = wording.cut(joint.join("字" * 130 for _ in range(8)))
    assert len(first) % 130 <= 10 and set(second[:100]) == {"字"}


def test_a_short_text_is_one_message():
    assert wording.texts("您好。") == [{"type": "text", "content": "您好。"}]


def test_options_are_numbered_and_can_be_tapped():
    reply = {"kind": "choices", "text": "接下来：\n1. 开始填表\n2. 3 楼的\n3. 不是选项", "data": {"options": [{"label": "开始填表"}, {"label": "3 楼的"}]}}
    [part] = wording.parts({"replies": [reply], "consultation": None}, LINKS)
    assert 'msgmenucontent=开始填表&msgmenuid=1">1. 开始填表</a>' in part["content"]
    assert 'msgmenucontent=3%20楼的&msgmenuid=2">2. 3 楼的</a>' in part["content"]
    assert part["content"].endswith("3. 不是选项")


@pytest.mark.parametrize("words", ["<a href='http://evil'>点我</a>", "]]></Content><Evil/>", '"><script>', "a & b"])
def test_what_a_person_wrote_is_only_words(words):
    reply = {"kind": "question", "text": f"您写的是{words}\n1. {words}", "data": {"options": [{"label": words}]}}
    [part] = wording.parts({"replies": [{"kind": "text", "text": words, "data": None}, reply], "consultation": None}, LINKS)
    assert "]]>" not in part["content"] and len(re.findall("<", part["content"])) == 2
    assert re.search(r'msgmenucontent=[^"&<>\s]+&msgmenuid=1">', part["content"])


def test_a_notice_is_a_few_sentences_a_link_and_a_card():
    data = {"title": "我要开奶茶店", "number": "MQGZ1", "items": [{}, {}], "materials": [{"name": "营业执照", "waived": None}, {"name": "户口簿", "waived": "联网核验"}]}
    replies = [{"kind": "text", "text": "可以办。", "data": None}, {"kind": "notice", "text": "很长很长", "data": data},
               {"kind": "choices", "text": "要填表吗？\n1. 开始填表", "data": {"options": [{"label": "开始填表"}]}}]
    text, card = wording.parts({"replies": replies, "consultation": "AC2DE3"}, LINKS)
    assert "很长很长" not in said([text]) and LINKS.notice("MQGZ1") in text["content"] and LINKS.form("AC2DE3") in text["content"]
    assert card["articles"][0]["description"] == "要办2项，要带：营业执照" and card["articles"][0]["url"] == LINKS.notice("MQGZ1")
