"""What is said in between: why a question is asked, say it again, how far it is; and stopping."""

from dataclasses import replace

from actions import intake, say, tell
from actions.ask import hear_value
from actions.find import find
from actions.hear import search
from actions.memory import URGENT, Turn
from actions.reply import RESUME, Choice, Outcome, Reply, choose
from consult.form import Entry
from knowledge.schema import Question
from records import outbox

SURE = 0.75  # below this, what sounds like a remark may be anything
FREE = ("text", "list", "address")
LAST_TOLD = {"told": tell.tell, "formed": tell.form, "checking": tell.check, "handed_in": intake.progress}  # what the person was last told, by stage
NOTED = {"complain": "complaint", "praise": "praise"}


def aside(turn: Turn) -> Outcome:
    """Answers a remark, and goes on where we were. Where anything may be written, 「日用百货」 is no remark."""
    if isinstance(turn.pending, Entry) and turn.pending.field.type in FREE and turn.confidence < SURE:
        return hear_value(turn)
    if turn.pending:
        turn.talk.offer = []
    if turn.intent in URGENT and turn.confidence < SURE:
        return Outcome([Reply("text", say.MAYBE_URGENT)], "out_of_scope")
    if turn.intent in NOTED:
        turn.note(NOTED[turn.intent])
    spoken = SPOKEN.get(turn.intent)
    outcome = spoken(turn) if spoken else Outcome(canned=f"utter_{turn.intent}")
    offers = any(reply.kind == "choices" for reply in outcome.replies)
    return outcome if offers else replace(outcome, replies=[*outcome.replies, *say.again(turn.talk.offer)])


def speak(turn: Turn) -> Outcome:
    """A remark outside of any question. What merely sounds like one is looked up first: 「孩子刚出生」 is no emergency."""
    if turn.confidence < SURE:
        if search(turn, turn.text).status == "answered":
            return find(turn)
    return aside(turn)


def stop(turn: Turn) -> Outcome:
    """Stops, or begins afresh; what was said is kept under the code, and can be taken up again."""
    consultation, turn.talk.offer = turn.consultation, []
    if consultation is None or consultation.stage == "handed_in":
        return Outcome([Reply("text", "好的，先到这里。想办什么事，随时说。")], "cancelled")
    title = turn.guide.title
    consultation.stage = "stopped"
    if turn.intent == "anew":
        return Outcome([Reply("text", f"好的，从头来。刚才那件存着，咨询码 {consultation.code}。您想办什么事？")], "cancelled")
    ways = [Choice(f"接着办「{title}」", "resume", choose(RESUME)), Choice("办另一件事", "anew", "/anew")]
    turn.talk.offer = [way.as_row() for way in ways]
    lead = f"好的，「{title}」先到这里，说过的都留着，咨询码 {consultation.code}。"
    return Outcome([say.choices(lead, ways)], "cancelled")


def _withdraw(turn: Turn) -> Outcome:
    consultation = turn.consultation
    if consultation is None or consultation.stage != "handed_in":
        return Outcome([Reply("text", "还没有交上去，没有要撤的。不想办了，说「先到这里」就行；说过的到期会删掉。")], "progress")
    sent = outbox.look(turn.db, consultation.reference)
    number = f"收件编号 {sent.number}" if sent.number else f"咨询码 {consultation.code}"
    text = f"要撤回已经交上去的申请，请打 {say.HOTLINE} 或者到收件的综合窗口说，报上{number}。各部门作出决定以前去说，越早越好；交了的原件，在窗口领回。"
    return Outcome([Reply("text", text)], "progress")


def _why(turn: Turn) -> Outcome:
    pending = turn.pending
    if isinstance(pending, Question):
        return Outcome([Reply("text", f"为什么问：{pending.why}不清楚的话：{pending.unsure}")], "answer")
    if isinstance(pending, Entry):
        return Outcome([Reply("text", f"「{pending.field.label}」是申请表上要填的一项，几个部门共用，只填这一次。")], "answer")
    return Outcome([Reply("text", "只问会影响结果的事：要不要办这个证、带不带这份材料。")], "chitchat")


def _repeat(turn: Turn) -> Outcome:
    stage = turn.consultation and turn.consultation.stage
    if stage in LAST_TOLD:
        told = LAST_TOLD[stage](turn)
        return replace(told, replies=[Reply("text", "好的，再说一遍。"), *told.replies])
    if turn.pending or turn.talk.offer:
        return Outcome([Reply("text", "好的，再说一遍。")], "question")
    return Outcome([Reply("text", "您想办什么事？用自己的话说就行。")], "greeting")


def _not_yet(turn: Turn) -> Outcome:
    left = len(turn.situation.pending) if isinstance(turn.pending, Question) else len(turn.form.pending)
    return Outcome([Reply("text", f"还差 {left} 项，答完就到那一步。")], "question") if left else Outcome()


SPOKEN = {"withdraw": _withdraw, "why": _why, "repeat": _repeat, "progress": intake.progress, "fill": _not_yet, "check": _not_yet, "hand_in": _not_yet}
