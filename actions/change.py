"""Going back, and changing an earlier answer or field by naming it, without losing the later ones."""

import re

from actions import say, tell
from actions.memory import Turn
from actions.reply import Choice, Outcome, Reply
from consult.answer import overhear

KEEP = "keep"
NAMED = 0.3  # how much of what is named must be found in a question's words
NAMING = re.compile(r"改|换成|变成|不是|说错|填错|答错|错了|重新|一下|成|为|把|[那哪]?一?[项题个条]|我|的|了|请|要|想|上面|前面|刚才|[，,。.!！\s]")


def change(turn: Turn) -> Outcome:
    """Asks an earlier answer again, or takes the new one if the sentence already says it."""
    consultation = turn.consultation
    if consultation is None:
        text = "您想办什么事？我先告诉您要带哪些材料，再帮您对。" if turn.intent == "papers" else "现在没有在办的事。您想办什么事？"
        return Outcome([Reply("text", text)], "greeting")
    if consultation.stage == "handed_in":
        return Outcome([Reply("text", "已经交上去的不能在这里改，请打 12345 或到窗口改。")], "progress")
    if target := turn.entities.get("target"):
        return _keep(turn) if target == KEEP else _reopen(turn, target)
    if turn.intent == "papers":
        return _papers(turn)
    if turn.intent == "step_back":
        return _back(turn)
    if said := said_anew(turn):
        return Outcome([said])
    target = _named(turn)
    return _reopen(turn, target) if target else _which(turn)


def _keep(turn: Turn) -> Outcome:
    """Nothing is changed after all; on from where we were."""
    turn.talk.offer = []
    return Outcome([tell.forward(turn, "好的，不改。接下来：")] if turn.consultation.stage in tell.FORWARD else [])


def _papers(turn: Turn) -> Outcome:
    """材料自查: ticks off what is there, once it is known what is needed."""
    if turn.consultation.stage == "asking":
        return Outcome([Reply("text", "先把情况问清，才知道要带哪些，再帮您对。")])
    ready = turn.form.by_role("ready")
    return _reopen(turn, ready.field.id) if ready.options else Outcome([Reply("text", "没有要带的材料。"), *say.again(turn.talk.offer)], "answer")


def said_anew(turn: Turn) -> Reply | None:
    """Takes another answer to an earlier question that the sentence gives (「不是租的，是自己的」); the later ones stay."""
    for question in turn.situation.asked:
        heard = overhear(question, turn.text)
        before = turn.situation.answers[question.id]
        if heard and (heard.value != before.value or question.type == "number" and heard.said != before.said):
            turn.take(question, heard)
            turn.consultation.stage, turn.consultation.focus, turn.talk.offer = "asking", None, []
            return Reply("text", f"改好了，{say.summary(question, turn.situation)}。")
    return None


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
        consultation.stage, consultation.focus = "asking", None
        return Outcome()
    stage = "这已经是第一题了。" if consultation.stage == "asking" else "前面没有可以退的了。"
    return Outcome([Reply("text", stage)])


def _reopen(turn: Turn, name: str) -> Outcome:
    """Asks a question or a field again; its old answer stands until a new one is read."""
    question = any(q.id == name for q in turn.guide.questions)
    turn.consultation.stage = "asking" if question else "filling"
    turn.consultation.focus, turn.talk.offer = name, []
    return Outcome()


def _named(turn: Turn) -> str | None:
    """The id of the answered question or filled field whose words the sentence names best."""
    words = NAMING.sub("", turn.text)
    named = [(q.id, q.topic + q.ask + "".join(option.label for option in q.options), q.why + q.unsure) for q in turn.situation.asked]
    named += [(entry.field.id, entry.field.label, entry.field.ask) for entry in turn.form.entries if entry.value is not None]
    pairs = [words[place:place + 2] for place in range(len(words) - 1)]
    rarity = {pair: 1 / max(sum(pair in own + around for _, own, around in named), 1) for pair in pairs}
    scores = {name: sum(rarity[pair] * ((pair in own) + (pair in around) / 2) for pair in pairs) for name, own, around in named}
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best] > 0 and scores[best] >= NAMED * len(pairs) else None


def _which(turn: Turn) -> Outcome:
    """Lists what can be changed; what was left unsure and told in the form later stands there once, with what was told."""
    told = {entry.field.id: f"{entry.field.label}：{entry.masked or '不填'}" for entry in turn.form.entries if entry.source == "told"}
    questions = [Choice(say.summary(q, turn.situation), q.id, _payload(q.id)) for q in turn.situation.asked if q.id not in told]
    entries = [Choice(words, name, _payload(name)) for name, words in told.items()]
    ways = [*questions, *entries, Choice("都不改，接着来", KEEP, _payload(KEEP))]
    turn.talk.offer = [way.as_row() for way in ways]
    return Outcome([say.choices("要改哪一项？", ways)], "ask_back")


def _payload(name: str) -> str:
    return f'/change{{"target": "{name}"}}'


