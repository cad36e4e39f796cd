"""The door that the platform knocks at: `GET /wechat` when the account is connected, `POST /wechat` with every message.

https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html
"""

import logging
from collections.abc import Callable
from dataclasses import fields
from hashlib import sha256

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from wechatpy.messages import BaseMessage
from wechatpy.replies import ArticlesReply, BaseReply, TextReply

from channels.wechat.envelope import Envelopes, Malformed, NotFromWeChat, Query, Stale
from channels.wechat.mail import Mail
from channels.wechat.meaning import content, key
from records.mail import Replayed
from records.store import StorageUnavailable

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes in a post; the platform's own are of a few thousand
DONE = "success"  # what the platform takes for 「收到，不回」


def router(envelopes: Envelopes, mail: Mail, person: Callable[[str], str]) -> APIRouter:
    """The routes of the account; `person` is the key of somebody's talk by their openid."""
    routes = APIRouter(prefix="/wechat", include_in_schema=False)

    @routes.get("")
    def connect(request: Request, echostr: str = "") -> Response:
        try:
            envelopes.check(_query(request))
        except (NotFromWeChat, Stale) as error:
            return _refused(error)
        return PlainTextResponse(echostr)

    @routes.post("")
    async def take(request: Request) -> Response:
        query = _query(request)
        body = await _read(request)
        if body is None:
            return PlainTextResponse("消息太大", 413)
        try:
            message = envelopes.open(query, body)
            wanted = content(message)
            if wanted is None:
                return PlainTextResponse(DONE)
            signature = sha256(f"{query.signature}\0{query.timestamp}\0{query.nonce}".encode()).hexdigest()
            part = await mail.receive(key(message), signature, person(message.source), wanted)
        except (NotFromWeChat, Stale, Replayed) as error:
            return _refused(error)
        except Malformed as error:
            return PlainTextResponse(f"看不懂的消息：{error}", 400)
        except StorageUnavailable as error:
            log.error("数据库读写不了：%s", error)
            return PlainTextResponse("这会儿存不下", 503)  # the platform will post it again
        return Response(envelopes.close(_reply(part, message), query), media_type="application/xml") if part else PlainTextResponse(DONE)

    return routes


def _query(request: Request) -> Query:
    return Query(**{field.name: request.query_params.get(field.name, field.default) for field in fields(Query)})


async def _read(request: Request) -> bytes | None:
    """The body, or None as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _reply(part: dict, message: BaseMessage) -> BaseReply:
    if part["type"] == "text":
        return TextReply(content=part["content"], message=message)
    return ArticlesReply(articles=part["articles"], message=message)


def _refused(error: Exception) -> Response:
    log.warning("拒收一条微信消息：%s %s", type(error).__name__, error)
    return PlainTextResponse("拒绝", 403)
