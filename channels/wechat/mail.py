"""Answering within the platform's five seconds, or as soon as it can be: once, and in order.

The platform waits five seconds for the answer to a message, then posts it again, three times in all
(https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html). The first post sets
the work going; whichever post is waiting when the answer is there carries it; if none is, it goes out as customer-service messages.
Everything stands in the database, so that it does not matter which process a post comes to, nor whether one dies.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from actions.memory import Kit
from channels.wechat.account import Undelivered
from records import mail
from records.mail import Letter
from records.store import StorageUnavailable

log = logging.getLogger(__name__)

DEADLINE = 4.5  # seconds after which a post is no longer answered: the way back takes time, too
HANG_UP = 2.5  # seconds more, and the platform has surely hung up and will post again
LOOK = 0.3  # seconds between two looks at what another process may be working on
OVERDUE = timedelta(seconds=12)  # after the last post: nobody comes for the answer any more
TEND_EVERY = 2.0  # seconds between two rounds: sign of life, what the dead left, what is overdue
AFTER = 0.3  # seconds between the reply to a post and what goes out after it, so that it is read in that order
KEPT = timedelta(hours=1)
MOST_TRIES, FIRST_WAIT = 8, timedelta(seconds=2)  # of sending, the wait doubling each time: some eight minutes
BROKEN = "系统出了点毛病，这句没有办成，前面说过的都在。请换个说法再说一次；急事打 12345。"
QUIET: dict = {}  # no answer to this post, and none is to be waited for


class Mail:
    """Takes messages in and sees to it that each is answered.

    `answer` makes the parts of an answer from what came in; `send` sends a part and raises Undelivered.
    """

    def __init__(self, kit: Kit, answer: Callable[[dict], Awaitable[list[dict]]], send: Callable[[str, dict], None], stands: Callable[[str], str]):
        self._kit, self._answer, self._send, self._stands = kit, answer, send, stands
        self._me = uuid.uuid4().hex
        self._tasks: set[asyncio.Task] = set()
        self._in_hand: set[int] = set()
        self._news: WeakValueDictionary[int, asyncio.Event] = WeakValueDictionary()

    async def receive(self, key: str, signature: str, person: str, content: dict) -> dict:
        """One post of a message: the part of the answer to reply with, or QUIET. Raises Replayed.

        `key` is the same for all posts of a message, `person` for all messages of a person.
        """
        arrived = time.monotonic()
        letter, new = await run_in_threadpool(self._take, key, signature, person, content)
        if new:
            self._start(self._work(letter))
        late = letter.state in mail.TOLD  # the reply got lost on its way, or it would not be posted again
        news = self._news.setdefault(letter.id, asyncio.Event())
        while (left := DEADLINE - (time.monotonic() - arrived)) > 0:
            news.clear()
            letter, told, rest = await run_in_threadpool(self._claimed, letter.id, late)
            if rest:
                self._start(self._deliver(letter, AFTER))  # what does not fit into the reply
            if told is not None:
                return told
            here = letter.state in mail.TOLD or letter.state == "taken" and letter.id in self._in_hand
            await _wait(news, left if here else min(left, LOOK))
        if letter.posts >= mail.MOST_POSTS:
            await run_in_threadpool(self._write, mail.give_up_waiting, letter)
            return QUIET
        await asyncio.sleep(HANG_UP)
        return QUIET

    async def tend(self) -> None:
        """Goes on as long as the application runs: what the dead left is taken over, what is overdue is sent."""
        while True:
            try:
                # Not in the pool that the messages crowd: a sign of life must not be late.
                left, overdue = await asyncio.to_thread(self._round)
            except StorageUnavailable as error:
                log.error("数据库读写不了：%s", error)
                left, overdue = [], []
            for letter in (letter for letter in [*left, *overdue] if letter.id not in self._in_hand):
                log.warning("接着做一条没做完的消息：%s", letter.state)
                self._start(self._work(letter) if letter.state == "taken" else self._deliver(letter))
            await asyncio.sleep(TEND_EVERY)

    async def end(self) -> None:
        """Leaves what is in hand to the others, or to the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await run_in_threadpool(self._write, mail.gone, self._me)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, letter: Letter) -> None:
        """Makes the answer, when the person's earlier messages have theirs."""
        with self._held(letter):
            while not await run_in_threadpool(self._read, mail.worked, letter):
                await asyncio.sleep(LOOK)
            if "before" not in letter.content:
                letter.content["before"] = await run_in_threadpool(self._begun, letter)
            try:
                parts = await self._answer(letter.content)
            except Exception:  # a defect of ours must not leave a person without an answer, nor stop their next message
                log.exception("一条消息没有答成")
                parts = [{"type": "text", "content": BROKEN}]
            letter = await run_in_threadpool(self._answered, letter, parts)
        if letter.passive is False:
            await self._deliver(letter)

    @contextmanager
    def _held(self, letter: Letter) -> Iterator[None]:
        """A message in hand; whoever waits for it is told when it no longer is."""
        self._in_hand.add(letter.id)
        try:
            yield
        finally:
            self._in_hand.discard(letter.id)
            if news := self._news.get(letter.id):
                news.set()

    async def _deliver(self, letter: Letter, after: float = 0.0) -> None:
        """Sends what has not gone out yet, part by part."""
        with self._held(letter):
            await asyncio.sleep(after)
            if letter.state != "telling" and not await run_in_threadpool(self._write, mail.tell, letter, False):
                return
            for count, part in enumerate(letter.rest, letter.sent + 1):
                try:
                    await run_in_threadpool(self._send, letter.content["openid"], part)
                except Undelivered as error:
                    await run_in_threadpool(self._undelivered, letter, error)
                    return
                await run_in_threadpool(self._write, mail.sent, letter, count)

    def _take(self, key: str, signature: str, person: str, content: dict) -> tuple[Letter, bool]:
        with self._kit.store.begin() as db:
            mail.signed(db, signature, key, self._kit.now())
            return mail.take(self._kit.store, db, key, person, content, self._me, self._kit.now())

    def _claimed(self, number: int, late: bool) -> tuple[Letter, dict | None, bool]:
        """How the message stands; the part to reply with, if the answer is there and it is its turn; whether more is to be sent after it.

        A `late` post, that comes after the reply, is given it once more. One that waited beside another is let wait: to answer
        「nothing」 would say that the other's reply need not arrive.
        """
        with self._kit.store.look() as db:
            letter = mail.look(self._kit.store, db, number)
        if letter.state == "answered" and letter.passive is None:
            claimed, letter = self._claim(letter)
            return letter, _first(letter) if claimed else None, claimed and bool(letter.rest)
        if letter.state in mail.TOLD:
            return letter, (_first(letter) if late else None) if letter.passive else QUIET, False
        return letter, None, False

    def _claim(self, letter: Letter) -> tuple[bool, Letter]:
        """Whether the answer is ours to reply with; what could not be sent earlier goes before it."""
        with self._kit.store.begin() as db:
            if left_over := mail.left_over(self._kit.store, db, letter.person):
                letter.content["answer"] = [*left_over, *letter.content["answer"]]
                mail.write(self._kit.store, db, letter, "answered", answer=letter.content["answer"])
            claimed = mail.tell(db, letter, True)
            return claimed, mail.look(self._kit.store, db, letter.id)

    def _begun(self, letter: Letter) -> str:
        """Where the talk stands before this message: by it a worker that takes over sees whether the message was taken already."""
        before = self._stands(letter.content["openid"])
        with self._kit.store.begin() as db:
            mail.write(self._kit.store, db, letter, "taken", before=before)
        return before

    def _answered(self, letter: Letter, parts: list[dict]) -> Letter:
        with self._kit.store.begin() as db:
            mail.write(self._kit.store, db, letter, "answered", answer=parts)
            return mail.look(self._kit.store, db, letter.id)

    def _undelivered(self, letter: Letter, error: Undelivered) -> None:
        again = self._kit.now() + FIRST_WAIT * 2**letter.attempts
        tries = MOST_TRIES if error.for_good else letter.attempts + 1
        log.error("客服消息没有发出去（第 %s 次）：%s", letter.attempts + 1, error)
        with self._kit.store.begin() as db:
            mail.failed(db, letter, again if tries < MOST_TRIES else self._kit.now() + KEPT)

    def _round(self) -> tuple[list[Letter], list[Letter]]:
        now, store = self._kit.now(), self._kit.store
        with store.begin() as db:
            mail.alive(db, self._me, now)
            mail.clear(db, now - KEPT)
            return mail.take_over(store, db, self._me, now - OVERDUE, now), mail.overdue(store, db, self._me, now - OVERDUE, now)

    def _write(self, what: Callable, *given: object) -> object:
        with self._kit.store.begin() as db:
            return what(db, *given)

    def _read(self, what: Callable, *given: object) -> object:
        with self._kit.store.look() as db:
            return what(db, *given)


async def _wait(news: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(news.wait(), seconds)
    except TimeoutError:
        pass


def _first(letter: Letter) -> dict:
    return letter.content["answer"][0] if letter.content["answer"] else QUIET
