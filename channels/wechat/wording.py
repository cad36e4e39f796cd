"""Our replies in the platform's words: texts that fit, options to tap, a card for the notice.

Passive replies: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html;
customer-service messages, with tappable lines: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html.
A part is {"type": "text", "content"} or {"type": "news", "articles": [{title, description, url, image}]}.
"""

import re
from collections.abc import Iterable, Iterator

from channels.links import Links

MOST = 2048  # bytes in a text, UTF-8, tags included
LINE = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
BREAKS = ("\n\n", "\n", "。", "；", "，", "")  # where a text is cut, best first
GIST = 110  # characters of a card's description that a phone shows
FILL = "也可以在网页上点着填："


def parts(response: dict, links: Links) -> list[dict]:
    """A response of the chat contract as messages of the platform, in the order in which they are read.

    The notice goes out as a card that opens the whole of it; what is said around it stays one text, so that the way on
    is not torn from it.
    """
    spoken, cards = [], []
    for reply in response["replies"]:
        if reply["kind"] == "notice":
            cards.append(_card(reply["data"], links))
            spoken.append(_link("打开完整的一次告知单", links.notice(reply["data"]["number"])))
        else:
            spoken.append(_tappable(reply) if reply["kind"] in ("choices", "question") else _plain(reply["text"]))
    if cards and response["consultation"]:
        spoken.append(FILL + _link("打开表单", links.form(response["consultation"])))
    return [*texts("\n\n".join(spoken)), *cards]


def texts(whole: str) -> list[dict]:
    """A text cut into as many as it needs."""
    return [{"type": "text", "content": piece} for piece in cut(whole)]


def cut(text: str, most: int = MOST) -> Iterator[str]:
    """Pieces of at most so many bytes, cut between paragraphs, else lines, else sentences; never inside a tag."""
    while len(text.encode()) > most:
        end = _end(text, most)
        yield text[:end].strip()
        text = text[end:].strip()
    if text:
        yield text


def tap(label: str, said: str | None = None, number: int | str = "") -> str:
    """A line that sends `said` when it is tapped."""
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={_attribute(said or label)}&msgmenuid={number}">{_plain(label)}</a>'


def _end(text: str, most: int) -> int:
    """Where to cut: the last good break that fits and lies outside of any tag."""
    fits = len(text.encode()[:most].decode(errors="ignore"))
    whole = [tag.span() for tag in re.finditer(r"<a .*?</a>", text, re.DOTALL)]
    for mark in BREAKS:
        place = fits
        while place > 0:
            found = text.rfind(mark, 0, place) + len(mark) if mark else place
            if found <= len(mark):
                break
            if not any(begin < found < end for begin, end in whole):
                return found
            place = found - 1
    return fits


def _tappable(reply: dict) -> str:
    """The options as numbered lines that can be tapped, too; what is sent is what would be typed."""
    labels = {option["label"] for option in reply["data"].get("options", [])}
    def line(found: re.Match) -> str:
        number, label = found.groups()
        return tap(f"{number}. {label}", label, number) if label in labels else _plain(found[0])
    return "\n".join(LINE.sub(line, row) if LINE.match(row) else _plain(row) for row in reply["text"].split("\n"))


def _card(data: dict, links: Links) -> dict:
    bring = "、".join(paper["name"] for paper in data["materials"] if not paper["waived"])
    description = f"要办{len(data['items'])}项" + (f"，要带：{bring}" if bring else "，没有要带的材料")
    article = {"title": f"一次告知单：{data['title']}", "description": description[:GIST] + ("……" if len(description) > GIST else ""),
               "url": links.notice(data["number"]), "image": ""}
    return {"type": "news", "articles": [article]}


def _link(label: str, url: str) -> str:
    return f'<a href="{url}">{label}</a>'


def _plain(text: str) -> str:
    """Words that cannot be taken for a tag, nor end the CDATA that they travel in."""
    return text.replace("<", "＜").replace("]]>", "］］>")


def _attribute(text: str) -> str:
    return re.sub(r'["&<>#?\s]', lambda found: f"%{ord(found[0]):02X}", text)


def rows(lines: Iterable[tuple[str, str]]) -> str:
    """Numbered lines to tap: what each shows, and what it says."""
    return "\n".join(tap(f"{number}. {label}", said, number) for number, (label, said) in enumerate(lines, 1))
