"""Beginning a consultation, and taking one up again: where it was left, or under its code from anywhere."""

import re

from actions import say
from actions.memory import Turn, begin
from actions.reply import Outcome, Reply
from consult.answer import overhear
from knowledge.schema import Guide
from records.talks import CODE, Consultation, look_up

MOST_WRONG = 5  # codes that nobody has, in one talk; a guess hits one of 5.3 million
RESUMING = re.compile(r"接着|继续|恢复|咨询码|上次|刚才那个|回到刚才")


def start(turn: Turn, guide: Guide, heard: str) -> Outcome:
    """Begins a consultation, taking in what the opening sentence already told."""
    begin(turn, guide)
    turn.talk.about = guide.number
    listen(turn, heard)
    opening = f"好的，这是「{guide.title}」。{guide.summary}（咨询码 {turn.consultation.code}）"
    lines = [opening, _later(turn), say.understood(turn.situation), say.hindrance(turn.situation)]
    lines.append("我再问几句，只问影响结果的。" if turn.pending else None)
    return Outcome([Reply("text", say.joined(*lines))])


def listen(turn: Turn, text: str) -> list[str]:
    """Takes in answers to questions that apply and are not answered yet; returns the ids of those heard."""
    heard = []
    for question in turn.guide.questions:
        if question.id in turn.consultation.answers or turn.situation.applies[question.id] is False:
            continue
        if reading := overhear(question, text):
            turn.take(question, reading)
            heard.append(question.id)
    return heard


def waiting(turn: Turn) -> bool:
    """Whether a stopped consultation waits to be taken up again."""
    return turn.consultation is None and turn.talk.consultation is not None


def resume(turn: Turn) -> Outcome:
    """Takes a stopped consultation up again where it was: at a question, at the notice, in the form."""
    consultation, turn.talk.offer = turn.talk.consultation, []
    consultation.stage = "asking"
    if consultation.fields and not turn.pending:
        consultation.stage = "filling"
    return Outcome([Reply("text", f"好的，接着办「{turn.guide.title}」。")])


def named_code(text: str) -> str | None:
    """The code of a consultation that a message asks to take up, or None: a message may well name something that merely looks like one."""
    found = CODE.search(text)
    return found[0].upper() if found and (RESUMING.search(text) or len(text) <= len(found[0]) + 5) else None


def by_code(turn: Turn, code: str) -> Outcome:
    """Takes up the consultation under a code, from whatever channel and however many days later.

    What is personal in it is shown only to somebody who also knows the end of the telephone number.
    """
    if turn.talk.wrong_codes >= MOST_WRONG:
        return Outcome([Reply("text", f"咨询码错了好几次，不能再试了。可以从头说您想办什么事，也可以打 {say.HOTLINE}。")], "answer")
    found = look_up(turn.kit.store, turn.db, code)
    problem = _unknown(code) if found is None else _unproved(turn, found, code)
    if problem:
        turn.talk.wrong_codes += found is None or bool(_digits(turn.text))
        return Outcome([Reply("text", problem)], "answer")
    turn.talk.consultation, turn.talk.wrong_codes = found, 0
    turn.talk.about = turn.guide.number
    if found.stage == "handed_in":
        turn.talk.offer = []
        return Outcome([Reply("text", f"「{turn.guide.title}」已经交上去了，说「查进度」就能看到办到哪一步。")], "progress")
    return resume(turn)


def _unknown(code: str) -> str:
    return f"没有找到咨询码 {code}。请对着告知单再看一遍；放太久的会按期删掉。也可以从头说您想办什么事。"


def _unproved(turn: Turn, found: Consultation, code: str) -> str | None:
    """What to say to somebody who has not shown that the form is theirs; None if it is, or nothing was filled in yet."""
    phones = [str(value) for name, value in found.fields.items() if (field := turn.kit.catalogue.fields.get(name)) and field.role == "phone"]
    own = turn.talk.consultation is not None and turn.talk.consultation.code == code
    if own or not found.fields or any(_digits(turn.text) == phone[-4:] for phone in phones):
        return None
    return f"这份咨询里填过个人信息。请把咨询码和手机号后四位一起发过来，比如：{code} 0000。还没填手机号的，请从头办。"


def _digits(text: str) -> str | None:
    """Four digits that stand alone."""
    found = re.search(r"(?<![0-9A-Za-z])\d{4}(?![0-9A-Za-z])", text)
    return found and found[0]


def _later(turn: Turn) -> str | None:
    """「您还说要办…」."""
    titles = [guide.title for number in turn.talk.later if (guide := turn.kit.catalogue.guides.get(number))]
    return f"您还说要办{'、'.join(f'「{title}」' for title in titles)}，一件一件来，这件办完接着办。" if titles else None
