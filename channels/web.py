"""The web channel: the chat contract `POST /api/chat`, and the chat page."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field

from channels.message import Conversations

HERE = Path(__file__).parent


class ChatRequest(BaseModel):
    """What a client sends: who it is (any string it keeps), what the person said, and from where."""

    model_config = ConfigDict(extra="forbid")

    session: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=100_000)
    channel: str = Field(default="web", pattern=r"^[a-z]{1,16}$")


def router(conversations: Conversations, region: str) -> APIRouter:
    """The routes of the web channel."""
    routes, templates = APIRouter(), Jinja2Templates(HERE / "pages")

    @routes.post("/api/chat")
    async def chat(message: ChatRequest) -> JSONResponse:
        return JSONResponse(await conversations.answer(message.session, message.text, message.channel))

    @routes.get("/", response_class=HTMLResponse)
    async def page(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "chat.html", {"region": region})

    return routes
