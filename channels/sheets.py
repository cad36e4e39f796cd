"""The 一次告知单 as a page of its own, and on A4: what was told is what is shown, to whoever holds the signed link."""

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from actions.memory import Kit
from channels.links import Links
from records.notices import replay
from records.store import StorageUnavailable

HERE = Path(__file__).parent
PRIVATE = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class UnknownNotice(Exception):
    """A link that is not ours, or no such notice: nobody is told which."""


class NoPaper(Exception):
    """PDF cannot be made here: WeasyPrint's system library Pango is missing (apt-get install libpango-1.0-0 libpangoft2-1.0-0)."""


SORRY = {
    UnknownNotice: (404, "没有找到这张告知单", "网址可能没有复制全，或者写错了。请回到聊天里，再点一次告知单的链接。"),
    StorageUnavailable: (503, "现在打不开", "系统正忙，告知单还在。请过几分钟再打开一次。"),
    NoPaper: (503, "现在做不了 PDF", "告知单的网页照样能看：请回到网页，点「打印」，印出来也一样。"),
}


def router(kit: Kit, links: Links) -> APIRouter:
    """The routes of the notices: `/n/{number}` the page, `/n/{number}.pdf` the same on A4; `k` is the link's signature."""
    routes, templates = APIRouter(prefix="/n"), Jinja2Templates(HERE / "pages")

    @routes.get("/{number}.pdf")
    def pdf(request: Request, number: str, k: str = "") -> Response:
        def printed(notice: dict) -> Response:
            paper, address = _paper(), links.notice(number)
            html = templates.get_template("notice.html").render(notice=notice, code=paper.quick_response_code(address))
            return Response(paper.pdf(html, address), media_type="application/pdf", headers={**PRIVATE, "Content-Disposition": f'inline; filename="{number}.pdf"'})

        return sheet(request, number, k, printed)

    @routes.get("/{number}", response_class=HTMLResponse)
    def page(request: Request, number: str, k: str = "") -> Response:
        def shown(notice: dict) -> Response:
            return templates.TemplateResponse(request, "notice.html", {"notice": notice, "pdf": f"{number}.pdf?k={k}"}, headers=PRIVATE)

        return sheet(request, number, k, shown)

    def sheet(request: Request, number: str, signature: str, show: Callable[[dict], Response]) -> Response:
        try:
            return show(told(number, signature))
        except tuple(SORRY) as error:
            status, title, words = SORRY[type(error)]
            return templates.TemplateResponse(request, "sorry.html", {"title": title, "words": words}, status, PRIVATE)

    def told(number: str, signature: str) -> dict:
        if not links.holds("n", number, signature):
            raise UnknownNotice
        with kit.store.look() as db:
            row = replay(db, number)
        if row is None:
            raise UnknownNotice
        return {**row.content, "number": row.number}

    return routes


def _paper():
    """The press, fetched only when somebody wants paper: everything else works without it."""
    try:
        from channels import paper
    except OSError as error:
        raise NoPaper from error
    return paper
