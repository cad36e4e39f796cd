"""What must hold of every turn, every notice and every draft, worked out afresh from what the person meant."""

import json
from collections.abc import Callable
from datetime import datetime

from jsonschema import Draft202012Validator

from actions import say_notice
from consult.draft import Envelope, Incomplete, make_draft
from settings import ROOT
from simulate.citizen import Citizen, Odd

CONTRACT = Draft202012Validator(json.loads((ROOT / "tests" / "contracts" / "chat-response.schema.json").read_text("utf-8")))


def checker(received: Callable[[str], dict]) -> Callable[[Citizen], None]:
    """A check of a citizen's last turn; `received` gives the draft that the intake service keeps under a receipt number."""

    def check(citizen: Citizen) -> None:
        CONTRACT.validate(citizen.person.last)
        if notice := citizen.person.reply("notice"):
            _notice(citizen, notice)
        if receipt := citizen.person.reply("receipt"):
            _draft(citizen, received(receipt["data"]["number"]))

    return check


def _notice(citizen: Citizen, told: dict) -> None:
    """The notice says exactly what the engine says about the situation that was meant."""
    citizen.verdicts.append(told["data"]["verdict"])
    citizen.own_up(told["data"]["answers"])
    number = told["data"]["number"]
    _same("告知单", json.loads(json.dumps(say_notice.data(citizen.notice, number))), told["data"])
    if told["text"] != say_notice.whole(citizen.notice, number).text:
        raise Odd("告知单念出来的和单子上的不一样")


def _draft(citizen: Citizen, draft: dict) -> None:
    """The draft that arrived is the one that the engine makes of what was meant."""
    envelope = Envelope(draft["reference"], draft["consultation"], draft["channel"], draft["notice"], datetime.fromisoformat(draft["created_at"]))
    try:
        meant = make_draft(citizen.situation, citizen.notice, citizen.form, envelope)
    except Incomplete as error:
        raise Odd(f"不该收下：{error}") from error
    _same("申请草稿", json.loads(json.dumps(meant)), draft)


def _same(what: str, meant: dict, found: dict) -> None:
    """Raises Odd with every part that differs."""
    wrong = [f"{part} 应当是 {meant.get(part)}，却是 {found.get(part)}" for part in {**meant, **found} if meant.get(part) != found.get(part)]
    if wrong:
        raise Odd(f"{what}不对：\n" + "\n".join(wrong))
