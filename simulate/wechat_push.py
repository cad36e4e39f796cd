"""Posting a person's messages to the account's server, with the five-second rule.

被动回复用户消息, developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
"""

import asyncio
import secrets
import time
from dataclasses import dataclass
from itertools import count
from typing import Literal

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, field_validator

from simulate.wechat_crypto import Account, encrypt, sign
from simulate.wechat_messages import EVENTS, MESSAGES, Malformed, compose, read_reply, words, write
from simulate.wechat_people import Person

PATIENCE = 5.0  # seconds until the platform hangs up
POSTS = 3  # of one message, all in all
QUIET = (b"", b"success")  # answers that say nothing to the person
TROUBLE = "该公众号提供的服务出现故障，请稍后再试"


class Push(BaseModel):
    """What a person does. Further fields are those of the message, in the platform's names; others are as in its examples.

    `duplicate` posts the message twice at once; the first `lose` answers never arrive.
    """

    model_config = ConfigDict(extra="allow")

    openid: str = Field(min_length=1)
    kind: str
    mode: Literal["plain", "compatible", "safe"] = "safe"
    duplicate: bool = False
    lose: int = Field(default=0, ge=0)

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in MESSAGES | EVENTS:
            raise ValueError(f"没有「{kind}」这种消息，有的是：{'、'.join(MESSAGES | EVENTS)}")
        return kind


@dataclass(frozen=True)
class Answer:
    """What came of one post: the HTTP status (None if nobody answered in time) and the body of a good answer."""

    status: int | None
    seconds: float
    body: bytes | None


class Pusher:
    """The platform towards the account's server at `target`."""

    def __init__(self, account: Account, target: str, client: aiohttp.ClientSession):
        self._account, self._target, self._client = account, target, client
        self._numbers = count(time.time_ns() // 100_000)  # goes on from the clock, so that no MsgId comes twice after a restart

    async def verify(self) -> bool:
        """Whether the account proves itself as its address is entered (接入指南): it must say the echostr."""
        echo = secrets.token_hex(8)
        try:
            async with self._client.get(self._target, params=self._signed() | {"echostr": echo}) as response:
                return response.status == 200 and await response.read() == echo.encode()
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def push(self, person: Person, wanted: Push) -> dict:
        """Posts one message until the account has answered or failed three times, and shows the person the reply."""
        number, now = next(self._numbers), time.time()
        message = compose(self._account, wanted.openid, wanted.kind, wanted.model_extra, number, int(now))
        person.act(wanted.kind, now)
        if wanted.kind in MESSAGES:
            person.show("me", wanted.kind, words(message))
        posts, heard = await self._deliver(message, wanted)
        lines = [self._read(message, wanted.mode, body) for body in heard if body not in QUIET]
        if not heard:
            lines = [_trouble("三次都没有等到回复")]
        delivered = [person.show(via="passive", to_message=number, **line) for line in lines]
        return {"msg_id": number, "posts": [{"status": post.status, "seconds": round(post.seconds, 3)} for post in posts], "delivered": delivered}

    async def _deliver(self, message: dict, wanted: Push) -> tuple[list[Answer], list[bytes]]:
        """All posts of a message, and the answers that arrived to the last of them."""
        posts, lose = [], wanted.lose
        for attempt in range(POSTS):
            at_once = 2 if wanted.duplicate and attempt == 0 else 1
            answers = await asyncio.gather(*(self._post(message, wanted.mode) for _ in range(at_once)))
            posts += answers
            good = [answer.body for answer in answers if answer.body is not None]
            heard, lose = good[lose:], max(0, lose - len(good))
            if heard:
                return posts, heard
        return posts, []

    async def _post(self, message: dict, mode: str) -> Answer:
        """Posts the message once, signed and sealed anew."""
        query, body, started = self._signed() | {"openid": message["FromUserName"]}, message, time.monotonic()
        if mode != "plain":
            sealed = encrypt(self._account, write(message))
            query |= {"encrypt_type": "aes", "msg_signature": sign(self._account.token, query["timestamp"], query["nonce"], sealed)}
            body = (message if mode == "compatible" else {"ToUserName": message["ToUserName"]}) | {"Encrypt": sealed}
        try:
            async with self._client.post(
                self._target, params=query, data=write(body).encode(), headers={"Content-Type": "text/xml"}, allow_redirects=False,
            ) as response:
                answer = await response.read()
                return Answer(response.status, time.monotonic() - started, answer if response.status == 200 else None)
        except (aiohttp.ClientError, TimeoutError):
            return Answer(None, time.monotonic() - started, None)

    def _signed(self) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
        return {"signature": sign(self._account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}

    def _read(self, message: dict, mode: str, body: bytes) -> dict:
        try:
            return {"sender": "account", **read_reply(self._account, message, mode, body)}
        except Malformed as error:
            return _trouble(f"回复不合规：{error}")


def _trouble(reason: str) -> dict:
    """The platform's line in place of a reply; people see the text alone, the reason is for those who build the account."""
    return {"sender": "system", "kind": "text", "text": TROUBLE, "reason": reason}
