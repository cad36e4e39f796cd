"""Going back, and changing an earlier answer or field by naming it, without losing the later ones."""

import re

from actions import say
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply
from consult.answer import overhear, read_question
from consult.choose import Unreadable
from consult.form import Entry
from consult.situation import UNSURE
from knowledge.schema import Question

NAMING = re.compile(r"改|换成|变成|不是|说错|填错|答错|错了|重新|一下|成|为|把|那一?[项题个条]|我|的|了|请|要|想|上面|前面|刚才|[，,。.!！\s]")


def change(turn: Turn) -> Outcome:
    """Asks an earlier answer again, or takes the new one if the sentence already says it."""
    consultation = turn.consultation
    if consultation is None or consultation.stage == "handed_in":
        text = "已经交上去的不能在这里改，请打 12345 或到窗口改。" if consultation and consultation.stage == "handed_in" else "现在没有在办的事。您想办什么事？"
        return Outcome([Reply("text", text)], "progress" if consultation else "greeting", "listening")
    if turn.entities.get("answer"):
        return _reopen(turn, turn.entities["answer"])
    if turn.intent == "step_back":
        return _back(turn)
    target = _named(turn) or _said_anew(turn)
    if target is None:
        return _which(turn)
    if isinstance(target, Question) and _taken(turn, target):
        return Outcome([Reply("text", f"改好了：{target.ask.rstrip('？?')}——{say.label(target, turn.situation)}。")], None, "asking" if turn.pending else "telling")
    return _reopen(turn, target.id if isinstance(target, Question) else target.field.id)


def _back(turn: Turn) -> Outcome:
    """The last thing answered, asked again; from the first form field back to the notice."""
    consultation = turn.consultation
    asked = {question.id for question in turn.situation.asked}
    answered = [name for name in consultation.answers if name in asked] if consultation.stage in ("asking", "told") else list(consultation.fields)
    if consultation.focus in answered:
        answered = answered[:answered.index(consultation.focus)]
    if answered:
        return _reopen(turn, answered[-1])
    if consultation.stage in ("filling", "formed", "checking"):
        consultation.stage, consultation.focus = "told", None
        return Outcome(next="telling")
    stage = "这已经是第一题了。" if consultation.stage == "asking" else "前面没有可以退的了。"
    return Outcome([Reply("text", stage)], None, "asking" if consultation.stage == "asking" else "listening")


def _reopen(turn: Turn, name: str) -> Outcome:
    """Asks a question or a field again; its old answer stands until a new one is read."""
    question = any(q.id == name for q in turn.guide.questions)
    turn.consultation.stage = "asking" if question else "filling"
    turn.consultation.focus, turn.talk.offer = name, []
    return Outcome(next="asking" if question else "filling")


def _named(turn: Turn) -> Question | Entry | None:
    """The answered question or filled field whose words the sentence names best."""
    words = NAMING.sub("", turn.text)
    best, score = None, 0.0
    asked = [(question, question.ask + "".join(option.label for option in question.options)) for question in turn.situation.asked]
    filled = [(entry, entry.field.label) for entry in turn.form.entries if entry.value is not None]
    for target, description in asked + filled:
        common = sum(1 for pair in zip(words, words[1:]) if "".join(pair) in description)
        if common / max(len(words) - 1, 1) > score:
            best, score = target, common / max(len(words) - 1, 1)
    return best if score >= 0.3 else None


def _said_anew(turn: Turn) -> Question | None:
    """The answered question to which the sentence gives another answer (「不是租的，是自己的」)."""
    for question in turn.situation.asked:
        heard = overhear(question, turn.text)
        if heard and heard.value != turn.situation.answers[question.id].value:
            return question
    return None


def _taken(turn: Turn, question: Question) -> bool:
    """Takes the new answer if the sentence already gives one that differs; the later answers stay."""
    try:
        reading = overhear(question, turn.text) or read_question(question, NAMING.sub("", turn.text))
    except Unreadable:
        return False
    if reading.value in (turn.situation.answers[question.id].value, UNSURE):
        return False
    turn.consultation.answers[question.id] = {"value": reading.value, "said": reading.said}
    turn.consultation.stage, turn.consultation.focus, turn.talk.offer = "asking", None, []
    return True


def _which(turn: Turn) -> Outcome:
    """Lists what can be changed."""
    questions = [Choice(f"{q.ask.rstrip('？?')}（{say.label(q, turn.situation)}）", q.id, _payload(q.id)) for q in turn.situation.asked]
    entries = [Choice(f"{e.field.label}（{e.masked or '不填'}）", e.field.id, _payload(e.field.id)) for e in turn.form.entries if e.source == "told"]
    ways = [*questions, *entries, Choice("都不改，接着来", "keep", "/repeat")]
    turn.talk.offer = [way.as_row() for way in ways]
    return Outcome([say.choices("要改哪一项？", ways)], "ask_back", "listening")


def _payload(name: str) -> str:
    return f'/change{{"answer": "{name}"}}'


