"""What is said in between: why a question is asked, say it again, how far it is; and stopping."""

from dataclasses import replace

from actions import intake, say
from actions.find import RESUME, find
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply
from consult.form import Entry
from knowledge.schema import Question

SURE = 0.75  # below this, what sounds like a remark may be anything
MAYBE_URGENT = "没太听明白。要是着火、有人受伤、有人行凶，请马上打 119、120、110。不是急事的话，换个说法，我接着帮您办。"


def aside(turn: Turn) -> Outcome:
    """Answers a remark; the conductor then goes on where we were."""
    if turn.pending:
        turn.talk.offer = []
    if turn.intent == "emergency" and turn.confidence < SURE:
        return Outcome([Reply("text", MAYBE_URGENT)], "out_of_scope")
    spoken = SPOKEN.get(turn.intent)
    outcome = spoken(turn) if spoken else Outcome(canned=f"utter_{turn.intent}")
    if turn.talk.offer and turn.intent != "progress":
        again = say.choices("接下来：", [Choice(**row) for row in turn.talk.offer])
        return Outcome([*outcome.replies, again], outcome.status, canned=outcome.canned)
    return outcome


def speak(turn: Turn) -> Outcome:
    """A remark outside of any question. What merely sounds like one is looked up first: 「孩子刚出生」 is no emergency."""
    if turn.confidence < SURE:
        found = turn.kit.index.search(turn.text, k=1, region=turn.kit.region)
        if found.status == "answered":
            return find(turn)
    return replace(aside(turn), next="listening")


def stop(turn: Turn) -> Outcome:
    """Stops; what was said is kept, and can be taken up again."""
    consultation, turn.talk.offer = turn.consultation, []
    if consultation is None or consultation.stage == "handed_in":
        return Outcome([Reply("text", "好的，先到这里。想办什么事，随时说。")], "cancelled", "listening")
    title = turn.guide.title
    consultation.stage = "stopped"
    ways = [Choice(f"接着办「{title}」", "resume", RESUME), Choice("办另一件事", "anew", "/anew")]
    turn.talk.offer = [way.as_row() for way in ways]
    lead = f"好的，「{title}」先到这里，说过的都留着，咨询码 {consultation.code}。"
    return Outcome([say.choices(lead, ways)], "cancelled", "listening")


def _why(turn: Turn) -> Outcome:
    pending = turn.pending
    if isinstance(pending, Question):
        return Outcome([Reply("text", f"为什么问：{pending.why}不清楚的话：{pending.unsure}")], "answer")
    if isinstance(pending, Entry):
        return Outcome([Reply("text", f"「{pending.field.label}」是申请表上要填的一项，几个部门共用，只填这一次。")], "answer")
    return Outcome([Reply("text", "只问会影响结果的事：要不要办这个证、带不带这份材料。")], "chitchat")


def _repeat(turn: Turn) -> Outcome:
    if turn.pending or turn.talk.offer:
        return Outcome([Reply("text", "好的，再说一遍。")], "question")
    return Outcome([Reply("text", "您想办什么事？用自己的话说就行。")], "greeting")


def _not_yet(turn: Turn) -> Outcome:
    left = len(turn.situation.pending) if isinstance(turn.pending, Question) else len(turn.form.pending)
    return Outcome([Reply("text", f"还差 {left} 项，答完就到那一步。")], "question")


SPOKEN = {"why": _why, "repeat": _repeat, "progress": intake.progress, "fill": _not_yet, "check": _not_yet, "hand_in": _not_yet}
