"""One message of one person, from any channel: read what can be read exactly, let Rasa conduct the rest.

What is, word for word, a choice on offer, an answer to the pending question or a sentence of the index
goes to Rasa as a button press (「/fill」「/answer{…}」); everything else goes as the person typed it. The replies come back in the
shape of the chat contract.
"""

import asyncio
import json
import logging
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool

from actions import foreign
from actions.ask import reads
from actions.hear import search
from actions.memory import Kit, Turn, glimpse
from actions.start import named_code
from actions.webhook import NO_ROOM
from channels.dialogue import Dialogue, DialogueUnavailable
from consult import choose
from consult.answer import tidy
from consult.form import Entry
from index.words import is_pinyin, normalise, simple
from records.store import StorageUnavailable
from records.talks import talk_key

log = logging.getLogger(__name__)

LONGEST = 2000
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
        key, flight = talk_key(channel, session), (session, text)
        if flight not in self._flights:
            task = asyncio.create_task(self._answer(key, text, channel))
            self._flights[flight] = task
            task.add_done_callback(lambda _: self._flights.pop(flight, None))
        return await asyncio.shield(self._flights[flight])

    async def _answer(self, key: str, text: str, channel: str) -> dict:
        if len(text) > LONGEST:
            return plain(TOO_LONG, "error")
        if not tidy(text):
            return plain(EMPTY, "error")
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            try:
                message = await run_in_threadpool(self._understood, key, text, channel)
                return _response(await self._dialogue.say(key, message))
            except DialogueUnavailable as error:
                log.error("对话服务没有回话：%s", error)
                return plain(DOWN, "error")
            except StorageUnavailable as error:
                log.error("数据库写不进去：%s", error)
                return plain(NO_ROOM, "error")

    def _understood(self, key: str, text: str, channel: str) -> str:
        with glimpse(self._kit, key, channel, text) as current:
            return as_message(current)


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
