"""Handing in: the draft is kept first, then sent; the intake service takes it once, however often it is sent."""

import logging
from collections.abc import Callable

import httpx

from actions import say, tell
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply, choose
from consult.draft import Incomplete
from records import outbox
from records.store import Store
from records.talks import forget_fields

log = logging.getLogger(__name__)
NEXT = [Choice("查办到哪一步", "progress", "/progress"), Choice("再办一件别的事", "anew", "/anew")]


class IntakeUnavailable(Exception):
    """The intake service did not answer; the draft waits in the outbox."""


def hand_in(turn: Turn) -> Outcome:
    """Hands in the draft that was shown; refuses before that, and twice is once."""
    consultation = turn.consultation
    if consultation and consultation.stage == "handed_in":
        return progress(turn)
    if consultation and consultation.stage == "formed":
        return tell.check(turn)
    if not consultation or consultation.stage != "checking":
        ways = [tell.forward(turn, "接下来：")] if consultation else []
        return Outcome([Reply("text", "还没到提交这一步。先把情况问清、表填好，看过草稿，再提交。"), *ways], "question")
    try:
        made = tell.draft(turn, reference := f"{turn.kit.prefix}-{consultation.code}-{turn.kit.now():%Y%m%d%H%M%S}")
    except Incomplete as error:
        consultation.stage = "told"
        return Outcome([Reply("text", f"{error}。说「填表」接着填。")], "form")
    outbox.post(turn.kit.store, turn.db, reference, consultation.code, turn.talk.key, made, turn.kit.now())
    if turn.talk.later:
        turn.talk.carried = {name: value for name, value in consultation.fields.items() if turn.known.fields[name].lasting}
    consultation.reference, consultation.stage, turn.talk.offer = reference, "handed_in", []
    return Outcome(then=delivered)


def delivered(turn: Turn) -> Outcome:
    """What became of the draft that was just handed in, or was handed in earlier."""
    posted = outbox.look(turn.db, turn.consultation.reference)
    if posted.state == "sent":
        text = f"交上去了。收件编号：{posted.number}。请记下这个编号，随时可以说「查进度」。材料原件交到窗口，由牵头部门统一留存。"
        return _with_next(turn, Reply("receipt", text, {"number": posted.number, "reference": posted.reference, "consultation": turn.consultation.code}), "handed_in")
    if posted.state == "refused":
        turn.consultation.stage = "checking"
        faults = "\n".join(f"{number}. {fault['message']}" for number, fault in enumerate(posted.faults, 1))
        return Outcome([Reply("text", f"收件平台说有 {len(posted.faults)} 处要改：\n{faults}\n说「改……」就能改，改完再提交。")], "draft")
    text = "收件平台这会儿连不上。您的申请已经存好，平台一恢复就自动送上去，只送一次，您不用再交。过一会儿说「查进度」就能看到收件编号。"
    return _with_next(turn, Reply("text", text), "handed_in")


def progress(turn: Turn) -> Outcome:
    """How far the person's matter is."""
    consultation = turn.consultation
    if consultation is None:
        return Outcome([Reply("text", "您还没有交过申请。想办什么事，用自己的话说就行。")], "progress")
    if consultation.reference and consultation.stage == "handed_in":
        return Outcome(delivered(turn).replies, "progress")
    stages = {"asking": "还在问情况", "told": "已经一次告知，还没填表", "filling": "正在填表", "formed": "表填好了，还没提交", "checking": "草稿看过了，还没提交"}
    step = stages.get(consultation.stage, "停在半路")
    return Outcome([Reply("text", f"「{turn.guide.title}」{step}，咨询码 {consultation.code}。")], "progress")


def sender(store: Store, address: str, transport: httpx.BaseTransport | None = None) -> Callable[[], None]:
    """The postman: sends what waits in the outbox to `address`; calling it when nothing waits is cheap."""
    client = httpx.Client(base_url=address, timeout=5, trust_env=False, transport=transport)

    def deliver() -> None:
        with store.begin() as db:
            letters = outbox.waiting(store, db)
        for reference, draft in letters:
            try:
                _send(client, store, reference, draft)
            except IntakeUnavailable as error:
                log.warning("收件平台连不上，草稿 %s 留在待发箱：%s", reference, error)
                with store.begin() as db:
                    outbox.tried(db, reference)
                return
    return deliver


def _send(client: httpx.Client, store: Store, reference: str, draft: dict) -> None:
    try:
        response = client.post("/drafts", json=draft, headers={"Idempotency-Key": reference})
        body = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise IntakeUnavailable(type(error).__name__) from error
    with store.begin() as db:
        if response.status_code == 201:
            outbox.sent(db, reference, body["number"], body["received_at"])
            forget_fields(store, db, draft["consultation"])
        elif response.status_code == 422:
            log.error("收件平台退回草稿 %s：%s", reference, [fault["place"] for fault in body["faults"]])
            outbox.refused(db, reference, body["faults"])
        else:
            raise IntakeUnavailable(f"HTTP {response.status_code}")


def _with_next(turn: Turn, reply: Reply, status: str) -> Outcome:
    wished = [guide for number in turn.talk.later if (guide := turn.kit.catalogue.guides.get(number))]
    ways = [*(Choice(f"接着办「{guide.title}」", f"matter_{guide.number}", choose(guide.number)) for guide in wished), *NEXT]
    turn.talk.offer = [way.as_row() for way in ways]
    return Outcome([reply, say.choices("刚才还说要办别的：" if wished else "还要办什么？", ways)], status)
