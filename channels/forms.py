"""The combined form (一张表单) as a page that is filled by tapping, each field saved as one goes.

The values are kept where the chat keeps them and read as it reads them; everything else follows from them, so that page and chat are
always two views of one form. What the person is asked next stays the chat's business: the page never moves a consultation on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from actions import say_notice
from actions.memory import Kit, Turn
from actions.tell import PRIVACY
from channels.links import Links
from consult.answer import read_field
from consult.choose import Unreadable
from consult.form import Entry
from records.store import StorageUnavailable
from records.talks import Talk, keep, look_up

TEMPLATES = Jinja2Templates(Path(__file__).parent / "pages")
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
FILLABLE = ("told", "filling", "formed", "checking")  # the stages in which it is known what belongs into the form
LONGEST, MOST = 20_000, 100  # characters and ticks that are looked at; long before that a value is refused in words
ALL_THERE = "都齐了"  # the tick that says so
GONE = "这张表打不开了", "可能是网址没有复制全，也可能表已经交上去了，或者放得太久按期删掉了。请回到聊天里接着办。"
TOO_EARLY = "还没到填表这一步", "先在聊天里把情况问清，才知道要填哪些。问清了，再打开这一页。"
NOTHING_TO_DO = "没有要填的", "照您说的情况，没有要办的事项，也就没有表要填。哪一句说错了，回到聊天里改。"
NO_ROOM = "现在存不上", "系统这会儿存不下东西，这一项还没有存上，前面存过的都在。请过几分钟再存一次。"


class Closed(Exception):
    """The form cannot be shown or filled in now: what to tell the person (a title, and words), and the HTTP status."""

    def __init__(self, sorry: tuple[str, str], status: int):
        (self.title, self.words), self.status = sorry, status
        super().__init__(self.title)


class Door(APIRoute):
    """A route to a private page: nothing on the way keeps it, and who cannot come in is told why and nothing else."""

    def get_route_handler(self) -> Callable:
        """The handler, guarded."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                response = await handle(request)
            except Closed as closed:
                response = TEMPLATES.TemplateResponse(request, "sorry.html", {"title": closed.title, "words": closed.words}, closed.status)
            response.headers.update(PRIVATE)
            return response

        return guarded


class Filled(BaseModel):
    """What stands in one field: a text, or the options that are ticked."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, Field(max_length=LONGEST)] | Annotated[list[Annotated[str, Field(max_length=LONGEST)]], Field(max_length=MOST)]


def router(kit: Kit, links: Links) -> APIRouter:
    """The routes of the form, for whoever has the link."""

    def signed(code: str, k: str = "") -> None:
        if not links.holds("f", code, k):
            raise Closed(GONE, 404)

    routes = APIRouter(prefix="/f", route_class=Door, dependencies=[Depends(signed)])

    @routes.get("/{code}", response_class=HTMLResponse)
    def page(request: Request, code: str) -> Response:
        with _filling(kit, kit.store.look, code) as current:
            view = _view(request, current, {}, {})
        return TEMPLATES.TemplateResponse(request, "form.html", view)

    @routes.post("/{code}/done", response_class=HTMLResponse)
    def done(request: Request, code: str, written: Annotated[dict[str, list[str]], Depends(_written)]) -> Response:
        with _filling(kit, kit.store.begin, code) as current:
            troubles = _finish(current, written)
            view = _view(request, current, troubles, written)
        if troubles:
            return TEMPLATES.TemplateResponse(request, "form.html", view)
        return RedirectResponse(f"/f/{code}?{request.url.query}", 303)

    @routes.post("/{code}/{name}")
    def save(request: Request, code: str, name: str, filled: Filled) -> JSONResponse:
        with _filling(kit, kit.store.begin, code) as current:
            error = _fill(current, name, [filled.value] if isinstance(filled.value, str) else filled.value)
            entries, view = current.form.entries, _view(request, current, {}, {})
        shown = next((entry.masked for entry in entries if entry.field.id == name), "")
        html = TEMPLATES.get_template("form_fields.html").render(view)
        return JSONResponse({"shown": shown, "error": error, "left": view["left"], "fields": [entry.field.id for entry in entries], "html": html})

    return routes


@contextmanager
def _filling(kit: Kit, transaction: Callable[[], AbstractContextManager[Session]], code: str) -> Iterator[Turn]:
    """A turn of the consultation under a code, without a talk; what is filled in is kept when it ends well. Raises Closed."""
    try:
        with transaction() as db:
            found = look_up(kit.store, db, code)
            if found is None or found.stage == "handed_in":
                raise Closed(GONE, 410)
            if found.stage not in FILLABLE:
                raise Closed(TOO_EARLY, 409)
            current = Turn(replace(kit), db, Talk("", found.channel, found))
            if not current.notice.items:
                raise Closed(NOTHING_TO_DO, 409)
            before = repr(found)
            yield current
            if repr(found) != before:
                keep(kit.store, db, found, kit.now())
    except StorageUnavailable as error:
        raise Closed(NO_ROOM, 503) from error


async def _written(request: Request) -> dict[str, list[str]]:
    """What a browser's form says: the fields that are not blank, in the order of the page."""
    return parse_qs((await request.body()).decode("utf-8", "replace"))


def _finish(current: Turn, written: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Takes everything that was written and leaves out what may be left out; returns what is wrong or still missing, by field."""
    troubles = {name: trouble for name, said in written.items() if (trouble := _fill(current, name, said))}
    missing = [entry.field.id for entry in current.form.pending if entry.field.id not in troubles]
    return troubles | {name: trouble for name in missing if (trouble := _fill(current, name, []))}


def _fill(current: Turn, name: str, said: Sequence[str]) -> str | None:
    """Takes what stands in a field, as the chat takes an answer; returns what is wrong with it.

    A field that the form no longer has, because what it follows was changed, needs nothing.
    """
    entry = next((entry for entry in current.form.entries if entry.field.id == name), None)
    if entry is None or said == _held(entry):
        return None
    try:
        value = _read(entry, said, current)
    except Unreadable as error:
        return f"{error}。"
    current.fill(name, value)
    if current.consultation.stage == "checking":  # only a draft that was seen as it is may be handed in
        current.consultation.stage = "formed"
    return None


def _read(entry: Entry, said: Sequence[str], current: Turn) -> str | Sequence[str]:
    """The value to keep; raises Unreadable."""
    def read(words: str) -> str | tuple[str, ...]:
        return read_field(entry.field, words, entry.options, current.today).value

    if entry.optional and not "".join(said).strip():
        return ""
    if entry.field.type == "list" and entry.options and said:  # tick by tick: together they may be longer than anything that is typed
        return [name for tick in said for name in read(tick)]
    lines = [line for part in said for line in part.splitlines() if line.strip()] if entry.field.type == "list" else said
    return read("、".join(lines))


def _held(entry: Entry) -> list[str] | None:
    """What the field's controls hold while its value is this; None while it has none."""
    if entry.value is None:
        return None
    if isinstance(entry.value, str):
        return [entry.value] if entry.value else []
    return list(entry.value) or [ALL_THERE] if entry.options else [entry.shown]


def _view(request: Request, current: Turn, troubles: Mapping[str, str], written: Mapping[str, Sequence[str]]) -> dict:
    """What the page shows: every field (those in trouble as they were written), how many are still open, and the way back to the chat."""
    form, consultation = current.form, current.consultation
    return {
        "guide": current.guide, "privacy": PRIVACY, "all_there": ALL_THERE,
        "address": f"/f/{consultation.code}", "key": request.query_params["k"], "code": consultation.code,
        "rows": [_row(entry, current, troubles.get(entry.field.id), written.get(entry.field.id)) for entry in form.entries],
        "left": sum(not entry.optional for entry in form.pending), "spare": sum(entry.optional for entry in form.pending),
        "wechat": "MicroMessenger" in request.headers.get("user-agent", ""), "web": consultation.channel == "web",
    }


def _row(entry: Entry, current: Turn, error: str | None, written: Sequence[str] | None) -> dict:
    """One field as the page shows it. What is known of a person never leaves here in clear; only what was just refused goes back."""
    secret = entry.field.sensitive and not entry.options
    held = written if error else () if secret else _held(entry)
    return {"entry": entry, "field": entry.field, "error": error, "held": held or (), "masked": secret and entry.masked, "note": _note(entry, current)}


def _note(entry: Entry, current: Turn) -> str:
    """Where a value comes from that nobody filled in here, or what follows from the papers that are missing."""
    if entry.field.role == "ready" and entry.value:
        return say_notice.papers(current.notice, entry.value).text
    if entry.source != "prefilled":
        return ""
    asked = {use.from_question for use, _ in current.situation.lines("fields") if use.field == entry.field.id}
    topics = [question.topic for question in current.situation.asked if question.id in asked]
    return f"照您在聊天里说的「{'、'.join(topics)}」填的，不对就改。"
