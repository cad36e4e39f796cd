"""Rasa's action webhook: each of its actions is one function over one turn.

`rasa_sdk.ActionExecutor` does the protocol; what a function returns becomes replies, and where the consultation then
stands becomes events. Whatever follows in the same turn (the next question, the notice, the form) is said in the same
answer, so that every turn is one call (docs/adr/0013).
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, FollowupAction, SessionStarted, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from starlette.concurrency import run_in_threadpool

from actions import ask, aside, change, find, intake, tell
from actions.memory import Kit, Turn, turn
from actions.reply import Outcome, Reply
from records.store import StorageUnavailable

log = logging.getLogger(__name__)

ACTIONS: dict[str, Callable[[Turn], Outcome]] = {
    "action_find": find.find,
    "validate_asking": ask.hear_answer,
    "validate_filling": ask.hear_value,
    "action_go_on": tell.go_on,
    "action_hand_in": intake.hand_in,
    "action_change": change.change,
    "action_stop": aside.stop,
    "action_aside": aside.aside,
    "action_speak": aside.speak,
}
AFTER = {"asking": tell.tell, "filling": tell.form}  # the stages that ask, each a loop of Rasa's, and what follows the last question
ASKED = "asked"  # a slot that no action asks for: the question is in our answer already
GOES_ON = {"event": "loop_interrupted", "is_interrupted": False}  # a remark does not keep a loop from hearing the next message
NO_DOMAIN = {"actions": []}  # Rasa need not send its domain with every call; the SDK wants one
NO_ROOM = "系统这会儿存不下东西，您这句还没有记上，前面说过的都在。请过几分钟再发一次，或者打 12345。"


class Hand(Action):
    """One of Rasa's actions, done by a function over the turn."""

    def __init__(self, name: str, act: Callable[[Turn], Outcome], kit: Kit):
        self._name, self._act, self._kit = name, act, kit
        self._listens = name.startswith("validate_")

    def name(self) -> str:
        """The action's name in the domain."""
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Does the turn in a thread of its own, and turns its outcome into replies and events.

        A form that was told nothing says so by returning nothing: Rasa then lets the rules speak.
        """
        if self._listens and tracker.get_slot("answer") is None:
            return []
        try:
            outcome, code, loop = await run_in_threadpool(self._do, tracker)
        except StorageUnavailable as error:
            log.error("数据库写不进去：%s", error)
            outcome, code, loop = Outcome([Reply("text", NO_ROOM)], "error"), None, tracker.active_loop_name
        if outcome.canned:
            dispatcher.utter_message(response=outcome.canned)
        for reply in outcome.replies:
            dispatcher.utter_message(json_message={**vars(reply), "status": outcome.status, "consultation": code})
        return self._events(tracker, loop)

    def _do(self, tracker: Tracker) -> tuple[Outcome, str | None, str | None]:
        """What came of the turn, the code of the consultation it ended in, and the loop that it ended in."""
        said = tracker.latest_message
        entities = {entity["entity"]: entity["value"] for entity in said.get("entities", [])}
        message = {
            "text": self._words(tracker, entities), "entities": entities,
            "intent": said.get("intent", {}).get("name") or "", "confidence": said.get("intent", {}).get("confidence") or 0.0,
            "leaning": next((guess["name"] for guess in said.get("intent_ranking", []) if guess["name"] != "nlu_fallback"), ""),
        }
        key = tracker.sender_id
        with turn(self._kit, key, **message) as current:
            outcome = _going_on(self._act(current), current)
            loop = _loop(current)
        if outcome.then:
            self._kit.deliver()
            with turn(self._kit, key, **message) as current:
                outcome = outcome.then(current)
        return outcome, current.consultation.code if current.consultation else None, loop

    def _words(self, tracker: Tracker, entities: dict[str, str]) -> str:
        """What the person said: the answer the form took, the words a button carries, or the message itself."""
        if self._listens:
            return tracker.get_slot("answer")
        return entities.get("answer") or entities.get("wish") or tracker.latest_message.get("text") or ""

    def _events(self, tracker: Tracker, loop: str | None) -> list[EventType]:
        """The loop to be in, and that it is the person's turn."""
        entered = [ActiveLoop(loop)] if loop != tracker.active_loop_name else []
        asked = SlotSet("requested_slot", ASKED if loop else None)
        return [SlotSet("answer", None), *entered, asked] if self._listens else [*entered, asked, GOES_ON, FollowupAction("action_listen")]


def _going_on(outcome: Outcome, current: Turn) -> Outcome:
    """The outcome with what comes next: the next question, or what follows the last one."""
    stage = current.consultation and current.consultation.stage
    if stage not in AFTER:
        return outcome
    following = ask.ask(current, outcome.trouble) if current.pending else AFTER[stage](current)
    return replace(outcome, replies=[*outcome.replies, *following.replies], status=outcome.status or following.status)


def _loop(current: Turn) -> str | None:
    """The loop that the consultation is in, if a question of it is open."""
    stage = current.consultation and current.consultation.stage
    return stage if stage in AFTER and current.pending else None


class TakeUp(Action):
    """The dialogue server knows nothing of this talk: the consultation tells it where we were."""

    def __init__(self, kit: Kit):
        self._kit = kit

    def name(self) -> str:
        """Rasa's own name for the start of a session."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Takes up the form that the person was in, if any."""
        loop = await run_in_threadpool(self._loop, tracker.sender_id)
        resumed = [ActiveLoop(loop), SlotSet("requested_slot", "answer")] if loop else []
        return [SessionStarted(), *resumed, ActionExecuted("action_listen")]

    def _loop(self, key: str) -> str | None:
        with turn(self._kit, key) as current:
            return _loop(current)


def executor(kit: Kit) -> ActionExecutor:
    """Rasa's executor with every action registered."""
    found = ActionExecutor()
    for name, act in ACTIONS.items():
        found.register_action(Hand(name, act, kit))
    found.register_action(TakeUp(kit))
    return found


def router(kit: Kit, token: str) -> APIRouter:
    """The route the dialogue server calls; nobody else knows the token."""
    hands, routes = executor(kit), APIRouter()

    @routes.post("/actions", include_in_schema=False)
    async def act(request: Request) -> Response:
        if not secrets.compare_digest(request.query_params.get("token", ""), token):
            raise HTTPException(403)
        result = await hands.run({"domain": NO_DOMAIN, **await request.json()})
        return JSONResponse({"events": result.events, "responses": result.responses})

    return routes
