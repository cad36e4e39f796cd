"""Answering what people want: start it, offer what is close, answer a question, or say plainly that it is not ours."""

import json
from collections.abc import Sequence

from actions import foreign, say, say_notice
from actions.hear import VAGUE, each_question, half_said, hear, spoken_of, wished, wished_besides, wishes
from actions.memory import URGENT, Turn
from actions.reply import RESUME, Choice, Outcome, Reply, choose
from actions.start import RESUMING, by_code, resume, start, waiting
from consult.answer import tidy
from index.result import Hit
from knowledge.schema import Elsewhere, Guide

NONE = "none"
EXAMPLES = "想盘个门面卖奶茶、孩子刚出生要办啥、我想开个小饭店、结婚登记带什么"


def find(turn: Turn) -> Outcome:
    """Answers a first message, or one that belongs to no question being asked."""
    chosen, text = turn.entities.get("matter"), tidy(turn.text)
    if chosen == RESUME or not chosen and waiting(turn) and RESUMING.search(text):
        return resume(turn)
    if chosen:
        return start(turn, turn.kit.catalogue.guides[int(chosen)], turn.talk.wish) if chosen.isdigit() else by_code(turn, chosen)
    if turn.intent == "anew" and any(row["value"] == NONE for row in turn.talk.offer):
        turn.note("unanswered", "none_of_these", turn.talk.wish)
    if not text or turn.intent == "anew":
        return Outcome([Reply("text", f"您想办什么事？用自己的话说就行。比如：{EXAMPLES}。")], "greeting")
    half = half_said(turn)
    said, result = half + text, hear(turn, text, half)
    asks = result.status != "answered" or result.hits[0].kind != "guide"
    if asks and (hits := each_question(turn, text, result.hits[0].matter if result.status == "answered" else None)):
        return _found(turn, hits[0], hits, said)
    if result.status != "answered" and turn.leaning in URGENT:
        return Outcome([Reply("text", say.MAYBE_URGENT)], "out_of_scope")
    if result.status != "answered" and VAGUE.search(text):
        return vague(turn, text)
    if result.status == "no_match":
        return none(turn, result.elsewhere)
    if result.status == "ask_back" and not wished(turn, result, text):
        return offer(turn, result.hits[:3], text)
    return _found(turn, result.hits[0], [hit for hit in result.told if hit.kind != "guide"], said)


def _found(turn: Turn, first: Hit, hits: Sequence[Hit], text: str) -> Outcome:
    """Begins the matter that is wished, answers what is asked, or both."""
    guide = turn.kit.catalogue.guides.get(first.matter)
    under_way = turn.consultation is not None and guide is not None and turn.consultation.guide == guide.id
    if guide and (first.kind == "guide" or wishes(turn, text) and not under_way):
        turn.talk.later = wished_besides(turn, text, guide.number)
        begun = start(turn, guide, text)
        for hit in hits[:1]:
            spoken_of(turn, hit)
        return Outcome([*map(say_notice.answer, hits), *begun.replies], "answer" if hits else None)
    return told(turn, hits or [first], guide, text)


def told(turn: Turn, hits: Sequence[Hit], guide: Guide | None, text: str) -> Outcome:
    """Questions answered from the index, and the way on."""
    spoken_of(turn, hits[0])
    answers = [say_notice.answer(hit, turn.notice if turn.consultation else None) for hit in hits]
    if turn.talk.offer and turn.consultation and hits[0].matter in (None, turn.guide.number):
        return Outcome([*answers, *say.again(turn.talk.offer)], "answer")
    if guide:
        way_on = [Choice(f"开始办「{guide.title}」", "start", choose(guide.number)), Choice("不用了", "no", "/stop")]
        turn.talk.offer, turn.talk.wish = [choice.as_row() for choice in way_on], text
        return Outcome([*answers, say.choices("要不要我从头帮您理一遍？", way_on)], "answer")
    return Outcome(answers, "answer")


def offer(turn: Turn, hits: Sequence[Hit], text: str) -> Outcome:
    """Two or three that are close: let the person choose."""
    titles = {}
    for hit in hits:
        titles.setdefault(hit.matter if _of_matter(hit) else hit.id, hit)
    close = [_close(hit, turn) for hit in titles.values()]
    close.append(Choice("都不是，我换个说法", NONE, "/anew"))
    turn.talk.offer, turn.talk.wish = [choice.as_row() for choice in close], text
    return Outcome([say.choices("您说的是哪一件？", close)], "ask_back")


def vague(turn: Turn, wish: str) -> Outcome:
    """A shop, but what kind?"""
    turn.talk.wish = wish
    text = "您想开什么样的店？说说卖什么、做什么，我才好查要办哪些证。比如：卖奶茶、开小面馆、开网吧。"
    return Outcome([Reply("text", text)], "ask_back")


def none(turn: Turn, elsewhere: Elsewhere | None) -> Outcome:
    """Said plainly: not among what we know, and whose it is if that is known; after two misreadings, a person."""
    if elsewhere:
        return Outcome([Reply("text", say.elsewhere(elsewhere))], "out_of_scope")
    if sentence := foreign.reply(turn.text):
        return Outcome([Reply("text", sentence)], "out_of_scope")
    turn.note("unanswered", "no_match")
    turn.talk.misreads += 1
    if turn.talk.misreads >= 2:
        text = f"连着两次没听明白，怕耽误您。请打 {say.HOTLINE} 找人工；或者换个说法，比如：{EXAMPLES}。"
    else:
        text = f"这件事我这里没有，或者我没听明白。我能办的是县里「一件事一次办」清单上的事，比如：{EXAMPLES}。别的事请打 {say.HOTLINE} 问。"
    return Outcome([Reply("text", text)], "out_of_scope")


def _close(hit: Hit, turn: Turn) -> Choice:
    if _of_matter(hit) and hit.matter in turn.kit.catalogue.guides:
        return Choice(turn.kit.catalogue.guides[hit.matter].title, f"matter_{hit.matter}", choose(hit.matter))
    return Choice(hit.title, hit.id, "/tell" + json.dumps({"wish": hit.title}, ensure_ascii=False))


def _of_matter(hit: Hit) -> bool:
    """Whether a hit stands for its matter; a hotline entry or a rule stands for itself."""
    return hit.kind in ("guide", "fact") and hit.matter is not None
