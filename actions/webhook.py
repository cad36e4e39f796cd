"""Rasa's action webhook: each of its actions is one function over one turn.

`rasa_sdk.ActionExecutor` does the protocol; what a function returns becomes replies and slot events.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from starlette.concurrency import run_in_threadpool

from actions import ask, aside, change, find, intake, tell
from actions.memory import Kit, Turn, turn
from actions.reply import Outcome, Reply
from records.store import StorageUnavailable

log = logging.getLogger(__name__)

ACTIONS: dict[str, Callable[[Turn], Outcome]] = {
    "action_find": find.find,
    "action_ask_answer": ask.ask,
    "validate_asking": ask.hear_answer,
    "validate_filling": ask.hear_value,
    "action_tell": tell.tell,
    "action_go_on": tell.go_on,
    "action_form": tell.form,
    "action_hand_in": intake.hand_in,
    "action_change": change.change,
    "action_stop": aside.stop,
    "action_aside": aside.aside,
    "action_speak": aside.speak,
}
LOOPS = ("asking", "filling")
ASKED = "asked"
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
            outcome, code = await run_in_threadpool(self._do, tracker)
        except StorageUnavailable as error:
            log.error("数据库写不进去：%s", error)
            outcome, code = Outcome([Reply("text", NO_ROOM)], "error", "listening"), None
        if outcome.canned:
            dispatcher.utter_message(response=outcome.canned)
        for reply in outcome.replies:
            dispatcher.utter_message(json_message={**vars(reply), "status": outcome.status, "consultation": code})
        return self._events(outcome)

    def _do(self, tracker: Tracker) -> tuple[Outcome, str | None]:
        said = tracker.latest_message
        entities = {entity["entity"]: entity["value"] for entity in said.get("entities", [])}
        message = {
            "text": self._words(tracker, entities), "entities": entities, "trouble": tracker.get_slot("trouble"),
            "intent": said.get("intent", {}).get("name") or "", "confidence": said.get("intent", {}).get("confidence") or 0.0,
        }
        key = tracker.sender_id
        with turn(self._kit, key, **message) as current:
            outcome = self._act(current)
            if self._listens and not outcome.done:
                outcome = _asking_on(outcome, current)
        if outcome.then:
            self._kit.deliver()
            with turn(self._kit, key, **message) as current:
                outcome = outcome.then(current)
        return outcome, current.consultation.code if current.consultation else None

    def _words(self, tracker: Tracker, entities: dict[str, str]) -> str:
        """What the person said: the answer the form took, the words a button carries, or the message itself."""
        if self._listens:
            return tracker.get_slot("answer")
        return entities.get("answer") or entities.get("wish") or tracker.latest_message.get("text") or ""

    def _events(self, outcome: Outcome) -> list[EventType]:
        events = [SlotSet("trouble", outcome.trouble)]
        if outcome.next:
            events.append(SlotSet("next", outcome.next))
        if self._listens:
            # The next question is in this answer already; a slot that has no action to ask for it keeps Rasa from asking again.
            events += [SlotSet("answer", None), SlotSet("requested_slot", None if outcome.done else ASKED)]
        return events


def _asking_on(outcome: Outcome, current: Turn) -> Outcome:
    """The outcome with the next question, so that one call does for a whole turn of a form."""
    current.trouble = outcome.trouble
    asked = ask.ask(current)
    return replace(outcome, replies=[*outcome.replies, *asked.replies], status=outcome.status or asked.status)


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
            stage = current.consultation and current.consultation.stage
            return stage if stage in LOOPS and current.pending else None


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
    async def act(call: dict[str, Any], request: Request) -> dict[str, Any]:
        if not secrets.compare_digest(request.query_params.get("token", ""), token):
            raise HTTPException(403)
        result = await hands.run(call)
        return {"events": result.events, "responses": result.responses}

    return routes
