"""The guides as pages anybody can read or print: 简版 and 完整版, the latter in the order of GB/T 36114's elements."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from actions.memory import Kit
from knowledge.catalogue import Catalogue
from knowledge.schema import Guide, When
from knowledge.worded import Words

HERE = Path(__file__).parent


def router(kit: Kit) -> APIRouter:
    """The routes of the guides' pages; they show the guides of the day."""
    routes, templates = APIRouter(prefix="/guides"), Jinja2Templates(HERE / "pages")

    @routes.get("/", response_class=HTMLResponse)
    def contents(request: Request) -> HTMLResponse:
        known = kit.catalogue
        return templates.TemplateResponse(request, "guides.html", {"region": kit.region, "matters": known.matters.values(), "guides": known.guides})

    @routes.get("/{name}", response_class=HTMLResponse)
    def short(request: Request, name: str) -> HTMLResponse:
        return templates.TemplateResponse(request, "guide_short.html", _page(kit.catalogue, name))

    @routes.get("/{name}/full", response_class=HTMLResponse)
    def full(request: Request, name: str) -> HTMLResponse:
        return templates.TemplateResponse(request, "guide_full.html", _page(kit.catalogue, name))

    return routes


def _page(known: Catalogue, name: str) -> dict:
    guide = known.by_id.get(name) or known.guides.get(int(name) if name.isdecimal() else 0)
    if guide is None:
        raise HTTPException(404, f"没有这份指南：{name}")
    waiting = {item.id: item.name for item in guide.items}
    return {
        "guide": guide, "region": known.regions[guide.region], "known": known, "day": known.day, "only_if": _only_if(guide),
        "delivery": [option.label for field in known.fields.values() if field.role == "delivery" for option in field.options if option.value in guide.delivery],
        "departments": list(dict.fromkeys(item.department for item in guide.items)),
        "after": lambda item: "、".join(waiting[name] for name in item.after), "names": waiting,
    }


def _only_if(guide: Guide) -> Callable[[When], str]:
    """Words for the condition of a line: 「店里面积：超过60平方米」; nothing for what holds for everybody."""
    words = Words.of(guide.questions)
    return lambda when: words.write(when).replace("＝", "：").replace(" 且 ", "，并且").replace(" 或 ", "，或者")
