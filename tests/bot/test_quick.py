"""What is mended in Rasa gives the same answers, and its memory keeps places, not words; in the dialogue server's own environment."""

import os
import subprocess

from settings import ROOT, Settings

QUIET = {"PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONPATH": "."}
SAME = """
import asyncio, logging, sys
from rasa.core.agent import Agent
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.exceptions import RasaException
from rasa.utils.log_utils import configure_structlog
from bot.quick import mend

configure_structlog(logging.WARNING)
agent = Agent.load(sys.argv[1])
said = ["想盘个门面卖奶茶", "谢谢", "不办了", "为啥要问这个", "月亮是圆的", '/answer{"answer": "60平"}', "/hand_in", "/tell"]

async def heard():
    return [await agent.parse_message(text) for text in said]

before = asyncio.run(heard())
mend()
assert asyncio.run(heard()) == before
assert before[5]["entities"][0]["value"] == "60平" and before[5]["intent"]["name"] == "answer"
assert Event.resolve_by_type("slot") is SlotSet
action = RemoteAction("action_find", None)
assert action._validate_action_result({"events": [], "responses": [{"text": "好"}]})
try:
    action._validate_action_result({"events": "none"})
except RasaException as error:
    assert "action_find" in str(error)
else:
    raise AssertionError("nonsense was taken for an answer")
"""
PLACES = """
import asyncio
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot.tracker import PlaceStore

domain = Domain.load("domain.yml")
store = PlaceStore(domain)
talk = DialogueStateTracker("somebody", domain.slots)
for event in [ActionExecuted("action_listen"), UserUttered("张三的身份证丢了"), ActiveLoop("filling"), SlotSet("requested_slot", "asked"), SlotSet("answer", "张三")] * 50:
    talk.update(event, domain)

async def kept():
    await store.save(talk)
    return await store.retrieve("somebody"), await store.retrieve("nobody"), list(await store.keys())

again, nobody, keys = asyncio.run(kept())
assert again.active_loop_name == "filling" and again.get_slot("requested_slot") == "asked" and again.get_slot("answer") is None
assert again.latest_action_name == "action_listen" and len(again.events) < 10
assert nobody is None and keys == ["somebody"] and "张三" not in repr(store.places)
"""


def _run(code: str, *arguments: str) -> None:
    done = subprocess.run([".venv-rasa/bin/python", "-c", code, *arguments], cwd=ROOT, env={**os.environ, **QUIET}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


def test_mended_rasa_hears_and_answers_the_same():
    _run(SAME, str(Settings().var / "models" / "dialogue.tar.gz"))


def test_a_talk_is_remembered_by_its_place_and_not_by_its_words():
    _run(PLACES)
