"""Telling once, going on to the form, and showing what was filled in."""

from actions import say, say_notice
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply
from actions.start import resume, waiting
from consult.draft import Envelope, make_draft
from records import notices

FORWARD = {
    "told": [Choice("开始填表", "fill", "/fill"), Choice("对一遍手里的材料", "papers", "/papers"), Choice("改一个回答", "change", "/change"), Choice("先到这里", "stop", "/stop")],
    "formed": [Choice("没问题，看申请草稿", "check", "/check"), Choice("改一项", "change", "/change"), Choice("先到这里", "stop", "/stop")],
    "checking": [Choice("确认提交", "hand_in", "/hand_in"), Choice("改一项", "change", "/change"), Choice("先不交", "stop", "/stop")],
}
LEADS = {
    "ok": "要我接着帮您填表吗？", "unsure": "弄清待确认的那几样，说「改……」就行。要我先帮您填表吗？",
    "unmet": "您可以先按上面的办法解决再来；也可以照样填表，由窗口核定。", "done": "接下来：",
}
PRIVACY = "姓名、证件号、电话只用来办这件事，屏幕上会打码，存的时候加密。"
REGARDLESS = Choice("知道了，仍要填表请窗口核定", "fill", "/fill")
NOTHING_LEFT = [Choice("改一个回答", "change", "/change"), Choice("办另一件事", "anew", "/anew")]


def tell(turn: Turn) -> Outcome:
    """Everything in one pass, numbered and kept exactly as told."""
    notice = turn.notice
    content = say_notice.data(notice, "")
    row = notices.issue(turn.db, turn.consultation.code, turn.kit.prefix, content, lambda number: say_notice.whole(notice, number).text, turn.kit.now())
    turn.consultation.notice, turn.consultation.stage, turn.consultation.focus = row.number, "told", None
    told = Reply("notice", row.told, {**row.content, "number": row.number})
    return Outcome([say_notice.gist(notice), told, forward(turn, LEADS[notice.verdict if notice.items else "done"])], "notice")


def go_on(turn: Turn) -> Outcome:
    """A step forward: from the notice to the form, from the form to the draft. Handing in needs its own word."""
    stage = turn.consultation.stage if turn.consultation else None
    if stage == "told" and not turn.notice.items:
        return Outcome([forward(turn, LEADS["done"])], "notice")
    if stage in ("told", "formed") and turn.form.pending:
        turn.consultation.stage, turn.talk.offer = "filling", []
        known = [entry.field.label for entry in turn.form.entries if entry.value is not None]
        lead = f"好的，一项一项来。这些已经知道了，不再问：{'、'.join(known)}。" if known else "好的，一项一项来。"
        return Outcome([Reply("text", lead + PRIVACY)])
    if stage == "told":
        return form(turn)
    if stage == "formed":
        return check(turn)
    if stage == "checking":
        return Outcome([forward(turn, "要提交，请回复「1」或者「确认提交」。")], "draft")
    if waiting(turn):
        return resume(turn)
    return Outcome([Reply("text", "您想办什么事？用自己的话说就行。")], "greeting")


def form(turn: Turn) -> Outcome:
    """The filled form, masked, before it becomes a draft."""
    turn.consultation.stage, turn.consultation.focus = "formed", None
    return Outcome([say.form(turn.form), forward(turn, "看看对不对：")], "form")


def check(turn: Turn) -> Outcome:
    """The draft as it would be handed in, masked."""
    turn.consultation.stage = "checking"
    filled = turn.form
    return Outcome([say.draft(draft(turn, "DRAFT-PREVIEW"), filled, turn.guide.title), forward(turn, "确认无误就提交：")], "draft")


def draft(turn: Turn, reference: str) -> dict:
    """The draft of the consultation; raises Incomplete while the form has open fields."""
    consultation = turn.consultation
    envelope = Envelope(reference, consultation.code, consultation.channel, consultation.notice, turn.kit.now())
    return make_draft(turn.situation, turn.notice, turn.form, envelope)


def forward(turn: Turn, lead: str) -> Reply:
    """The choices of the stage after a notice, a form or a draft; the first one goes forward."""
    ways, notice = list(FORWARD[turn.consultation.stage]), turn.notice
    if turn.consultation.stage == "told" and notice.verdict == "unmet":
        ways[0] = REGARDLESS
    if not notice.to_bring:
        ways = [way for way in ways if way.value != "papers"]
    if not notice.items:
        ways = NOTHING_LEFT
    turn.talk.offer = [way.as_row() for way in ways]
    return say.choices(lead, ways)
