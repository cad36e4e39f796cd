"""A stand-in for WeChat's servers (微信公众平台): the official account can be tried and tested without one.

Run by `uvicorn --factory simulate.wechat:from_environment`. The account's server is told its address in place of
https://api.weixin.qq.com; people and tests play through /sim, or on the page /wechat-sim.
"""

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

from simulate import wechat_api
from simulate.wechat_crypto import Account
from simulate.wechat_people import HOUR, Person
from simulate.wechat_push import PATIENCE, Push, Pusher
from simulate.wechat_refusal import Refused, answer_refusal
from simulate.wechat_tokens import LIFE, Tokens

HERE = Path(__file__).parent
SHARED = HERE.parent / "channels" / "static"
ACCOUNT = Account(
    app_id="wx5ca1ab1e00000001", secret="5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e", token="standin",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", original_id="gh_5ca1ab1e0001",
)
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https:; base-uri 'none'"


class Later(BaseModel):
    """So many hours go by."""

    hours: float


def from_environment() -> FastAPI:
    """The stand-in for the account whose server YICIBAN_WECHAT_SIM_TARGET names."""
    return create_app(ACCOUNT, os.environ.get("YICIBAN_WECHAT_SIM_TARGET", "http://127.0.0.1:8000/wechat"))


def create_app(account: Account, target: str) -> FastAPI:
    """The platform as the account at `target` and its people see it; it remembers nothing beyond its life."""
    people, tokens, menu = defaultdict[str, Person](Person), Tokens(), []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # A connection of its own for every post: one kept open may just have been closed by the other side.
        connector, patience = aiohttp.TCPConnector(limit=0, force_close=True), aiohttp.ClientTimeout(total=PATIENCE, ceil_threshold=60)
        async with aiohttp.ClientSession(connector=connector, timeout=patience) as client:
            app.state.pusher = Pusher(account, target, client)
            yield

    app = FastAPI(title="微信替身", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_exception_handler(Refused, answer_refusal)
    app.include_router(wechat_api.router(account, people, tokens, menu))
    app.include_router(_control(people, tokens, menu))
    app.mount("/static", StaticFiles(directory=SHARED))
    app.mount("/wechat-sim/static", StaticFiles(directory=HERE / "static"))

    @app.get("/wechat-sim")
    async def page() -> FileResponse:
        return FileResponse(HERE / "pages" / "wechat.html", headers={"Content-Security-Policy": POLICY})

    @app.get("/healthz")
    async def health() -> dict:
        return {"status": "ok"}

    return app


def _control(people: dict[str, Person], tokens: Tokens, menu: list[dict]) -> APIRouter:
    """The strings of the play, for tests and the page: what people do, what they see, and the clock."""
    routes = APIRouter(prefix="/sim")

    @routes.post("/verify")
    async def verify(request: Request) -> dict:
        return {"verified": await request.app.state.pusher.verify()}

    @routes.post("/push")
    async def push(request: Request, wanted: Push) -> dict:
        return await request.app.state.pusher.push(people[wanted.openid], wanted)

    @routes.get("/chat/{openid}")
    async def chat(openid: str) -> list[dict]:
        return people[openid].screen if openid in people else []

    @routes.get("/chats")
    async def chats() -> list[dict]:
        return [{"openid": openid, "following": person.following, "lines": len(person.screen)} for openid, person in people.items()]

    @routes.post("/forget")
    async def forget() -> dict:
        people.clear()
        return {}

    @routes.get("/menu")
    async def show_menu() -> dict:
        return {"button": menu}

    @routes.get("/tokens")
    async def count_tokens() -> dict:
        return tokens.calls | {"handed_out": sum(tokens.calls.values())}

    @routes.post("/expire")
    async def expire() -> dict:
        tokens.age(LIFE)
        return {}

    @routes.post("/later")
    async def later(wanted: Later) -> dict:
        tokens.age(wanted.hours * HOUR)
        for person in people.values():
            person.until -= wanted.hours * HOUR
        return {}

    return routes
