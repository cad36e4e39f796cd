"""The intake service's door: `uvicorn --factory intake.app:from_environment --port 8100`."""

import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from intake import register
from intake.cipher import make_cipher
from intake.database import open_database
from intake.refusals import MissingKey, NotJson, Refused, StorageFull, TooLarge, Unavailable
from settings import Settings

LIMIT = 1024 * 1024  # bytes in a draft
log = logging.getLogger("intake")


def from_environment() -> FastAPI:
    """The service as this installation's settings say."""
    settings = Settings()
    return create_app(settings.intake_database, settings.data_key.get_secret_value(), settings.receipt_prefix)


def create_app(database_url: str, data_key: str, prefix: str = "MQ") -> FastAPI:
    """The service on a SQLite file (created and migrated here); `prefix` begins every receipt number.

    Raises register.WrongDataKey if the file's drafts were encrypted under another key.
    """
    engine, cipher = open_database(database_url), make_cipher(data_key)
    register.check_key(engine, cipher)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    # FastAPI's own documentation pages load scripts from elsewhere, which a closed network refuses
    app = FastAPI(title="收件平台", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.engine = engine
    app.add_exception_handler(Refused, _answer_refusal)
    app.add_exception_handler(OperationalError, _answer_database)
    app.add_exception_handler(TimeoutError, _answer_database)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_defect)

    @app.post("/drafts", status_code=201)
    def take_in(key: Annotated[str, Depends(_key)], draft: Annotated[object, Depends(_body)]) -> register.Receipt:
        return register.receive(engine, cipher, prefix, key, draft, datetime.now(register.CHINA))

    @app.get("/drafts/{number}")
    def track(number: str) -> register.Progress:
        return register.track(engine, cipher, number)

    @app.get("/healthz")
    def health() -> dict[str, str]:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM drafts LIMIT 1"))
        return {"status": "ok"}

    return app


def _key(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    if not idempotency_key:
        raise MissingKey
    return idempotency_key


async def _body(request: Request) -> object:
    """The draft as sent, of any shape. Stops reading where it becomes too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LIMIT:
            raise TooLarge
    try:
        draft = json.loads(bytes(body))
        register.canonical(draft)
    except (ValueError, RecursionError):
        raise NotJson from None
    return draft


def _answer(status: int, sentence: str, faults: tuple = ()) -> JSONResponse:
    return JSONResponse({"error": sentence, "faults": faults}, status)


def _answer_refusal(_: Request, refusal: Refused) -> JSONResponse:
    return _answer(refusal.status, refusal.sentence, refusal.faults)


def _answer_database(request: Request, error: OperationalError | TimeoutError) -> JSONResponse:
    log.error("数据库读写失败：%s", error)
    # the low byte is SQLite's result code, the rest its refinement
    full = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return _answer_refusal(request, StorageFull() if full else Unavailable())


def _answer_http(_: Request, error: HTTPException) -> JSONResponse:
    return _answer(error.status_code, {404: "没有这个地址。", 405: "这个地址不支持这种请求方式。"}[error.status_code])


def _answer_defect(_: Request, error: Exception) -> JSONResponse:
    return _answer(500, "收件平台出了故障，请过几分钟原样再送；还是不行请联系平台管理员。")
