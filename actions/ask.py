"""Asking and listening: one question or form field at a time, whatever else the person says meanwhile."""

import re
from collections.abc import Sequence

from actions import say, say_notice
from actions.change import said_anew
from actions.hear import ASKING, each_question, same_question, search, spoken_of, wished, wishes
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply, choose
from actions.start import listen
from consult.answer import Reading, read_field, read_question
from consult.choose import Unreadable
from consult.form import Entry
from index.result import Hit, Result
from knowledge.condition import UNSURE
from knowledge.schema import Guide, Question

SURE = 0.5  # how well a line must fit something that is not even put as a question
# A form value may well contain 「什么」 or 「不」; only what can hardly be a value counts as a question there.
PLAINLY_ASKING = re.compile(r"[?？]|(吗|呢)$|多少钱|多久|几天|咋|怎么|哪|(什么|啥)时候|([中行能用要可])不\3|[要用行中能成钱]不$")
NO_VALUE = re.compile(r"([?？]|吗|([中行能用要可])不\2|[要用行中能成钱]不)$")  # what ends like this is no name, address or list
SHORT = 12  # characters of an answer that leave no room for much else
OTHERWISE = re.compile(ASKING.pattern + r"|改|换|错|不是|不对|不办|不弄|办了|算了|上一|人工|重新|退回")  # 「应该是写字楼」 is an answer, 「改成写字楼」 is not
SAID_FOR_YES_NO = {"affirm": 0, "deny": 1}


def ask(turn: Turn, trouble: str | None = None) -> Outcome:
    """Asks what is pending; a refused value comes back as the same question with its `trouble`.

    Says nothing while the person is offered to turn to another matter.
    """
    pending = None if turn.talk.offer else turn.pending
    if isinstance(pending, Question):
        return Outcome([say.question(pending, turn.situation, trouble)], "question")
    if isinstance(pending, Entry):
        return Outcome([say.field(pending, turn.form, trouble)], "question")
    return Outcome()


def hear_answer(turn: Turn) -> Outcome:
    """Takes the answer to a situation question, or whatever was said instead of it."""
    pending, turn.talk.offer = turn.pending, []
    if not isinstance(pending, Question):
        return Outcome()
    try:
        reading = _reading(pending, turn)
    except Unreadable as error:
        return _instead(turn, str(error))
    if not reading.exact and ASKING.search(turn.text) and (aside := passing(turn)):
        return aside
    turn.take(pending, reading)
    turn.consultation.focus, turn.talk.misreads = None, 0
    return Outcome([] if reading.exact else _written_down(turn))


def hear_value(turn: Turn) -> Outcome:
    """Takes the value of a form field, or whatever was said instead of it."""
    pending, turn.talk.offer = turn.pending, []
    if not isinstance(pending, Entry):
        return Outcome()
    try:
        reading = read_field(pending.field, turn.text, pending.options, turn.today)
    except Unreadable as error:
        return _instead(turn, str(error))
    if not reading.exact and PLAINLY_ASKING.search(turn.text) and (aside := passing(turn)):
        return aside
    if not reading.exact and NO_VALUE.search(turn.text.strip("。 ")):
        return _instead(turn, "这一句像是在问，没有填上")
    turn.fill(pending.field.id, reading.value)
    turn.talk.misreads = 0
    checked = [say_notice.papers(turn.notice, reading.value)] if pending.field.role == "ready" else []
    return Outcome(checked)


def passing(turn: Turn) -> Outcome | None:
    """A question in passing, answered without losing the place; or another matter, offered."""
    if hits := each_question(turn, turn.text, turn.guide.number):
        return _answered(turn, hits)
    result = same_question(turn, turn.text) or _wished_anew(turn) or search(turn, turn.text, turn.guide.number)
    if result.elsewhere:
        return Outcome([Reply("text", say.elsewhere(result.elsewhere))], "out_of_scope")
    if result.status == "no_match" or (result.status == "ask_back" and not wished(turn, result, turn.text)):
        return None
    hit = result.hits[0]
    other = turn.kit.catalogue.guides.get(hit.matter)
    if hit.kind == "guide" and hit.matter == turn.guide.number:
        return None
    if hit.kind == "guide" and other:
        spoken_of(turn, hit)
        return _other(turn, other)
    return _answered(turn, result.told) if hit.score >= SURE or ASKING.search(turn.text) else None


def _answered(turn: Turn, hits: Sequence[Hit]) -> Outcome:
    spoken_of(turn, hits[0])
    return Outcome([say_notice.answer(hit, turn.notice) for hit in hits], "answer")


def _wished_anew(turn: Turn) -> Result | None:
    """A wish for another matter, which is not a question about this one, however near."""
    if not wishes(turn, turn.text):
        return None
    result = search(turn, turn.text)
    return result if wished(turn, result, turn.text) else None


def reads(turn: Turn) -> bool:
    """Whether the message is plainly an answer to what is pending: word for word, or a short sentence with an option in it and nothing else."""
    pending = turn.pending
    try:
        if isinstance(pending, Question):
            # A number is heard in 「再说一遍」 too.
            plain = pending.type != "number" and len(turn.text) <= SHORT and not OTHERWISE.search(turn.text)
            return read_question(pending, turn.text).exact or plain
        if isinstance(pending, Entry):
            return read_field(pending.field, turn.text, pending.options, turn.today).exact
    except Unreadable:
        # A wrong ID number is an answer too, just not a good one.
        return isinstance(pending, Entry) and pending.field.type in ("resident_id", "mobile", "uscc") and bool(re.search(r"\d{5}", turn.text))
    return False


def _other(turn: Turn, other: Guide) -> Outcome:
    """The person names another matter in the middle of one: ask before turning to it."""
    ways = [Choice(f"改办「{other.title}」", "switch", choose(other.number)), Choice(f"接着办「{turn.guide.title}」", "stay", "/repeat")]
    turn.talk.offer, turn.talk.wish = [way.as_row() for way in ways], turn.text
    return Outcome([say.choices("您是想换一件事办吗？说过的都记着，随时能接着来。", ways)], "ask_back")


def _reading(pending: Question, turn: Turn) -> Reading:
    """The answer as read; failing that, what the conductor understood (可不是嘛 → yes)."""
    try:
        return read_question(pending, turn.text)
    except Unreadable:
        if turn.intent == "unsure":
            return Reading(UNSURE, turn.text, exact=True)
        if pending.type == "yes_no" and turn.intent in SAID_FOR_YES_NO:
            option = pending.options[SAID_FOR_YES_NO[turn.intent]]
            return Reading(option.value, option.label, exact=True)
        raise


def _noted(turn: Turn) -> Outcome | None:
    """A fact that belongs to another question: an earlier answer changed, or a later one given ahead."""
    pending = turn.pending
    if not isinstance(pending, Question):
        return None
    if changed := said_anew(turn):
        return Outcome([changed])
    noted = _written_down(turn)
    return Outcome(noted) if noted else None


def _written_down(turn: Turn) -> list[Reply]:
    """What was told ahead of its question, said back, so that nobody wonders why it is not asked."""
    heard = listen(turn, turn.text)
    noted = "；".join(say.summary(question, turn.situation) for question in turn.guide.questions if question.id in heard)
    return [Reply("text", f"记下了，{noted}。")] if noted else []


def _instead(turn: Turn, error: str) -> Outcome:
    """What was said is no answer: another fact, a question in passing, another matter, or a misreading."""
    inquiring = ASKING.search(turn.text) or wishes(turn, turn.text)
    for heard in (passing, _noted) if inquiring else (_noted, passing):
        if outcome := heard(turn):
            return outcome
    if ASKING.search(turn.text):
        turn.note("unanswered", "in_passing")
        return Outcome([Reply("text", f"这个我这里没有查到，不敢乱说，请打 {say.HOTLINE} 问。我们接着来。")], "out_of_scope")
    turn.talk.misreads += 1
    if turn.talk.misreads >= 2:
        turn.note("unanswered", "misread")
        way_out = "可以说「不清楚」或「为什么问」" if isinstance(turn.pending, Question) else "可以说「先到这里」，找到了再接着填"
        error += f"。要是不好答，{way_out}，也可以打 {say.HOTLINE} 找人工"
    return Outcome(trouble=error + "。")

