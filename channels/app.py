"""The application, put together: knowledge, index, records, actions and channels in one ASGI app.

Run by `uvicorn --factory channels.app:from_environment`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool

from actions import webhook
from actions.intake import sender
from actions.memory import Kit
from channels import forms, guides, sheets, web
from channels.dialogue import Dialogue
from channels.links import Links
from channels.message import Conversations, plain
from channels.renewal import Renewal, open_books
from channels.wechat.account import Account
from channels.wechat.connection import Connection, connect
from channels.wechat.envelope import Envelopes
from records.retention import purge
from records.store import Store, StorageUnavailable, migrate
from settings import CHINA, Settings

log = logging.getLogger(__name__)

POST_EVERY = 5  # seconds between two looks into the outbox
NEWS_EVERY = 60  # between two looks at how far people's drafts are
LOOK_EVERY = 5  # and between two looks for a newer index
PURGE_EVERY = 3600  # and between two clean-ups
FAULTS = {
    "missing": "缺少「{place}」", "extra_forbidden": "不认识「{place}」", "string_type": "「{place}」要写成文字",
    "string_too_short": "「{place}」不能为空", "string_too_long": "「{place}」太长", "string_pattern_mismatch": "「{place}」只能用小写英文字母",
    "json_invalid": "不是有效的 JSON",
}


def from_environment() -> FastAPI:
    """The application as this installation's settings say."""
    return create_app(Settings())


def create_app(settings: Settings) -> FastAPI:
    """Puts everything together; raises CatalogueError or StaleIndex with the remedy when it cannot."""
    settings.var.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    store = Store(settings.database, settings.data_key.get_secret_value())
    books = settings.var / "index", settings.embed_model
    kit = Kit(open_books(*books), store, lambda: datetime.now(CHINA), settings.region, settings.receipt_prefix, sender(store, settings.intake_address))
    dialogue = Dialogue(settings.dialogue_url, settings.dialogue_timeout)

    conversations = Conversations(kit, dialogue)
    links = Links(settings.address, settings.data_key.get_secret_value())
    account = _account(settings, kit, conversations, links) if settings.wechat_app_id else None
    rounds = [(POST_EVERY, kit.deliver), (LOOK_EVERY, Renewal(kit, *books).look), (PURGE_EVERY, partial(_purge, kit, settings.keep_days))]

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chores = [_every(seconds, chore) for seconds, chore in rounds]
        if account:
            chores += [account.mail.tend(), _every(NEWS_EVERY, account.news.look)]
        tasks = [asyncio.create_task(chore) for chore in chores]
        yield
        for task in tasks:
            task.cancel()
        if account:
            await account.mail.end()
        await dialogue.close()

    app = FastAPI(title="一次办助手", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.include_router(web.router(conversations, settings.region))
    app.include_router(guides.router(kit))
    app.include_router(sheets.router(kit, links))
    app.include_router(forms.router(kit, links))
    if account:
        app.include_router(account.routes)
    if settings.wechat_sim:
        app.add_api_route("/wechat-sim", lambda: RedirectResponse(f"{settings.wechat_api}/wechat-sim"), include_in_schema=False)
    app.include_router(webhook.router(kit, settings.actions_token))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(RequestValidationError, _bad_request)

    @app.get("/healthz")
    async def health() -> JSONResponse:
        # The index and the knowledge are whole, or the application would not have started.
        parts = {"dialogue": await dialogue.healthy(), "database": await run_in_threadpool(_database_up, store), "index": True, "knowledge": True}
        able = all(parts.values())
        # Without the intake service people are served all the same: drafts wait in the outbox.
        parts["intake"] = await run_in_threadpool(_answers, settings.intake_address)
        words = {name: "ok" if up else "down" for name, up in parts.items()}
        return JSONResponse({"status": "ok" if all(parts.values()) else "degraded", "parts": words}, 200 if able else 503)

    return app


def _account(settings: Settings, kit: Kit, conversations: Conversations, links: Links) -> Connection:
    """The official account of the settings."""
    account = Account(settings.wechat_app_id, settings.wechat_app_secret.get_secret_value(), settings.wechat_api, kit.store, kit.now)
    envelopes = Envelopes(settings.wechat_app_id, settings.wechat_token, settings.wechat_aes_key)
    return connect(kit, conversations, links, account, envelopes, settings.wechat_templates, settings.intake_address)


async def _every(seconds: float, chore: Callable[[], None]) -> None:
    """Does a chore again and again; what cannot be done now is done next time."""
    while True:
        try:
            await run_in_threadpool(chore)
        except StorageUnavailable as error:
            log.error("数据库读写不了：%s", error)
        await asyncio.sleep(seconds)


def _purge(kit: Kit, keep_days: int) -> None:
    """Forgets what people said long ago."""
    with kit.store.begin() as db:
        purge(kit.store, db, kit.now() - timedelta(days=keep_days))


def _database_up(store: Store) -> bool:
    try:
        with store.begin() as db:
            db.execute(text("SELECT 1 FROM talks LIMIT 1"))
        return True
    except StorageUnavailable:
        return False


def _answers(address: str) -> bool:
    """Whether anybody is there at all."""
    try:
        httpx.get(f"{address}/healthz", timeout=2, trust_env=False)
        return True
    except httpx.HTTPError:
        return False


def _bad_request(request: Request, error: RequestValidationError) -> JSONResponse:
    """Every fault of a request at once, in the shape of the chat contract."""
    faults = []
    for fault in error.errors():
        place = ".".join(str(step) for step in fault["loc"] if step != "body" and not isinstance(step, int)) or "正文"
        faults.append(FAULTS.get(fault["type"], "「{place}」写法不对").format(place=place))
    text = f"请求有 {len(faults)} 处不对：{'；'.join(faults)}。应当是 {{\"session\": \"任意字符串\", \"text\": \"要说的话\", \"channel\": \"web\"}}。"
    return JSONResponse(plain(text, "error"), 422)
