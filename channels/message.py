"""One message of one person, from any channel: read what can be read exactly, let Rasa conduct the rest.

What is, word for word, a choice on offer, an answer to the pending question or a sentence of the index
goes to Rasa as a button press (「/fill」「/answer{…}」); everything else goes as the person typed it. The replies come back in the
shape of the chat contract.
"""

import asyncio
import json
import logging
import time
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from actions import foreign
from actions.ask import reads
from actions.hear import search
from actions.memory import Kit, Turn, glimpse, meet
from actions.start import named_code
from actions.webhook import NO_ROOM
from channels.dialogue import Dialogue, DialogueGone, DialogueUnavailable
from consult import choose
from consult.answer import tidy
from consult.form import Entry
from index.words import is_pinyin, normalise, simple
from records.store import StorageUnavailable
from records.talks import talk_key

log = logging.getLogger(__name__)

LONGEST = 2000
AGAIN = "/repeat"  # a button press: the last answer once more
EMPTY = "没有看到文字。请用一句话说您想办什么事，比如：想盘个门面卖奶茶。"
TOO_LONG = f"这段话太长了，一次最多 {LONGEST} 个字。请拣要紧的说，分几次发也行。前面说过的都在。"
DOWN = "我这边暂时回不了话，您这句还没有记上，前面说过的都在。请过一分钟再发一次；急事打 12345。"


class Conversations:
    """Takes messages in, one at a time for each person, and answers them.

    The same words sent twice at once (a double tap, a nervous network) are one message with one answer.
    """

    def __init__(self, kit: Kit, dialogue: Dialogue):
        self._kit, self._dialogue = kit, dialogue
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._flights: dict[tuple[str, str], asyncio.Task] = {}

    async def answer(self, session: str, text: str, channel: str) -> dict:
        """The response of the chat contract; never raises for what a person can send."""
        flight = (session, text)
        if flight not in self._flights:
            task = asyncio.create_task(self.persist(session, text, channel))
            self._flights[flight] = task
            task.add_done_callback(lambda _: self._flights.pop(flight, None))
        return await asyncio.shield(self._flights[flight])

    async def persist(self, session: str, text: str, channel: str, patience: float = 0.0, before: str | None = None) -> dict:
        """The same, for a channel that can wait: for so many seconds a dialogue server that is away is waited for.

        `before` is where the talk stood (`Talk.seen`) when this message came: if it stands elsewhere by now, the message was
        taken, only its answer was lost; it is said again, and the message is not.
        """
        if len(text) > LONGEST:
            return plain(TOO_LONG, "error")
        if not tidy(text):
            return plain(EMPTY, "error")
        key = talk_key(channel, session)
        async with self._locks.setdefault(key, asyncio.Lock()):
            try:
                return _response(await self._said(key, text, channel, patience, before))
            except DialogueUnavailable as error:
                log.error("对话服务没有回话：%s", error)
                return plain(DOWN, "error")
            except StorageUnavailable as error:
                log.error("数据库写不进去：%s", error)
                return plain(NO_ROOM, "error")

    async def _said(self, key: str, text: str, channel: str, patience: float, before: str | None) -> list[dict]:
        """The replies to a message; where the dialogue server is away or goes away meanwhile, as soon as it is back."""
        end = time.monotonic() + patience
        while True:
            try:
                message = await run_in_threadpool(self._understood, key, text, channel, before)
                return await self._dialogue.say(key, message, patience)
            except DialogueGone as error:
                if time.monotonic() >= end:
                    raise
                log.warning("对话服务不在，等它回来：%s", error)
                await asyncio.sleep(1)

    def stands(self, session: str, channel: str) -> str:
        """Where somebody's talk stands: another word after every turn."""
        key = talk_key(channel, session)
        meet(self._kit, key, channel)
        with glimpse(self._kit, key, channel, "") as current:
            return current.talk.seen

    def _understood(self, key: str, text: str, channel: str, before: str | None) -> str:
        with glimpse(self._kit, key, channel, text) as current:
            new, message = not current.talk.seen, as_message(current) if before in (None, current.talk.seen) else AGAIN
        if new:
            meet(self._kit, key, channel)
        return message


def as_message(current: Turn) -> str:
    """The message for Rasa: a button press where nothing needs understanding, else the person's words."""
    said = tidy(current.text)
    if not isinstance(current.pending, Entry):  # what goes into a form stays as it was written
        said = current.text = simple(said)
    if payload := _taken(current, said):
        return payload
    if code := named_code(said):
        return "/choose" + json.dumps({"matter": code, "wish": said}, ensure_ascii=False)
    if reads(current):
        return "/answer" + json.dumps({"answer": said}, ensure_ascii=False)
    if current.pending is None and (known(current, said) or foreign.reply(said) or is_pinyin(normalise(said))):
        return "/tell" + json.dumps({"wish": said}, ensure_ascii=False)
    # A leading slash would be taken for a button press.
    return said.lstrip("/\\") or "？"


def known(current: Turn, said: str) -> bool:
    """Whether this very sentence stands in the index, so that no misunderstanding can come between."""
    found = search(current, said)
    return found.status == "answered" and found.hits[0].score == 1.0


def plain(text: str, status: str) -> dict:
    """A response of one plain sentence."""
    return {"status": status, "replies": [{"kind": "text", "text": text, "data": None}], "consultation": None}


def _taken(current: Turn, said: str) -> str | None:
    """The payload of the choice on offer that was taken: by number, value, label, or words only its label has."""
    offer = current.talk.offer
    index = choose.by_number(said, len(offer))
    if index is not None:
        return offer[index]["payload"]
    plain_said = said.strip("。,.!?~ ")
    exact = [row for row in offer if plain_said in (row["value"], tidy(row["label"]))]
    within = [row for row in offer if len(plain_said) >= 2 and plain_said in tidy(row["label"])]
    found = exact or within
    return found[0]["payload"] if len(found) == 1 else None


def _response(replies: list[dict]) -> dict:
    """The turn's status is what happened first; the code is that of the consultation the turn ended in."""
    statuses = [reply["status"] for reply in replies if reply.get("status")]
    codes = [reply["consultation"] for reply in replies if "consultation" in reply]
    shown = [{"kind": reply["kind"], "text": reply["text"], "data": reply.get("data")} for reply in replies]
    return {"status": statuses[0] if statuses else "answer", "replies": shown, "consultation": codes[-1] if codes else None}
