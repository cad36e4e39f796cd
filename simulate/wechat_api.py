"""What the account's server may ask of the platform: tokens, messages, templates, the menu, pictures."""

import base64
import json
import time
from collections.abc import Callable
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from simulate import wechat_menu
from simulate.wechat_crypto import Account
from simulate.wechat_messages import LONGEST
from simulate.wechat_people import Person
from simulate.wechat_refusal import Refused
from simulate.wechat_tokens import Tokens

OK = {"errcode": 0, "errmsg": "ok"}
PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


async def _body(request: Request) -> dict:
    try:
        body = json.loads(await request.body())
    except ValueError:
        raise Refused(47001, "data format error") from None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


Body = Annotated[dict, Depends(_body)]


def router(account: Account, people: dict[str, Person], tokens: Tokens, menu: list[dict]) -> APIRouter:
    """The routes under /cgi-bin; `menu` holds the buttons that the account created."""
    public, routes, jobs = APIRouter(prefix="/cgi-bin"), APIRouter(dependencies=[Depends(_permitted(tokens))]), count(int(time.time()))

    @public.get("/token")
    async def token(grant_type: str = "", appid: str = "", secret: str = "") -> dict:
        _identify(account, grant_type, appid, secret)
        return tokens.hand_out("token")

    @public.post("/stable_token")
    async def stable_token(wanted: Body) -> dict:
        _identify(account, wanted.get("grant_type"), wanted.get("appid"), wanted.get("secret"))
        return tokens.hand_out("stable_token", keep=not wanted.get("force_refresh"))

    @routes.post("/message/custom/send")
    async def custom(message: Body) -> dict:
        person, kind = _addressee(people, message), message.get("msgtype")
        if kind not in CUSTOM or not isinstance(message.get(kind), dict):
            raise Refused(40008, "invalid message type")
        line = CUSTOM[kind](message[kind])
        _spend(person)
        person.show("account", kind, via="custom", **line)
        return OK

    @routes.post("/message/template/send")
    async def template(message: Body) -> dict:
        person, data = _addressee(people, message), message.get("data")
        if not message.get("template_id"):
            raise Refused(40037, "invalid template_id")
        if not isinstance(data, dict) or not all(isinstance(part, dict) and "value" in part for part in data.values()):
            raise Refused(47003, "argument invalid")
        if not person.following:
            raise Refused(43004, "require subscribe")
        text = "\n".join(f"{name}：{part['value']}" for name, part in data.items())
        person.show("template", "template", text, via="template", template=message["template_id"], data=data, url=message.get("url", ""))
        return OK | {"msgid": next(jobs)}

    @routes.post("/menu/create")
    async def create_menu(wanted: Body) -> dict:
        menu[:] = wechat_menu.check(wanted)
        return OK

    @routes.get("/menu/get")
    async def get_menu() -> dict:
        if not menu:
            raise Refused(46003, "menu no exist")
        return {"menu": {"button": menu}}

    @routes.get("/get_current_selfmenu_info")
    async def describe_menu() -> dict:
        return wechat_menu.described(menu)

    @routes.get("/media/get")
    async def picture(media_id: str = "") -> Response:
        if not media_id:
            raise Refused(40007, "invalid media_id")
        return Response(PICTURE, media_type="image/png", headers={"Content-Disposition": 'attachment; filename="picture.png"'})

    public.include_router(routes)
    return public


def _permitted(tokens: Tokens) -> Callable:
    async def check(access_token: str = "") -> None:
        tokens.check(access_token)

    return check


def _identify(account: Account, grant_type: object, app_id: object, secret: object) -> None:
    if grant_type != "client_credential":
        raise Refused(40002, "invalid grant_type")
    if app_id != account.app_id:
        raise Refused(40013, "invalid appid")
    if secret != account.secret:
        raise Refused(40125, "invalid appsecret")


def _addressee(people: dict[str, Person], message: dict) -> Person:
    if found := people.get(str(message.get("touser"))):
        return found
    raise Refused(40003, "invalid openid")


def _spend(person: Person) -> None:
    """Uses up one message of what the person's last doings allow (下发额度)."""
    if not person.following or time.time() >= person.until:
        raise Refused(45015, "response out of time limit or subscription is canceled")
    if not person.left:
        raise Refused(45047, "out of response count limit")
    person.left -= 1


def _text(content: dict) -> dict:
    words = content.get("content")
    if not isinstance(words, str) or not words:
        raise Refused(44004, "empty content")
    if len(words.encode()) > LONGEST:
        raise Refused(45002, "content size out of limit")
    return {"text": words}


def _image(content: dict) -> dict:
    if not content.get("media_id"):
        raise Refused(40007, "invalid media_id")
    return {"text": "", "data": {"media_id": content["media_id"]}}


def _news(content: dict) -> dict:
    articles = content.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
        raise Refused(45008, "article size out of limit")
    article = {name: str(articles[0].get(name, "")) for name in ("title", "description", "picurl", "url")}
    return {"text": article["title"], "articles": [article]}


def _choices(content: dict) -> dict:
    offered = content.get("list")
    if not isinstance(offered, list) or not all(isinstance(each, dict) and each.get("id") and each.get("content") for each in offered):
        raise Refused(47003, "argument invalid")
    head, tail = content.get("head_content", ""), content.get("tail_content", "")
    lines = (head, *(each["content"] for each in offered), tail)
    return {"text": "\n".join(line for line in lines if line), "data": {"head_content": head, "list": offered, "tail_content": tail}}


CUSTOM = {"text": _text, "image": _image, "news": _news, "msgmenu": _choices}
