"""Finding what the person wants: start it, offer what is close, answer a question, or say plainly that it is not ours."""

import json
import re

from actions import foreign, say
from actions.memory import Turn, begin
from actions.reply import Choice, Outcome, Reply
from consult.answer import overhear, tidy
from index.result import Hit, Result
from knowledge.schema import Elsewhere, Guide

VAGUE = re.compile(r"(开|盘|租|弄|搞|做)[个点了间家一]*(小|大)?(店|门面|门店|铺面|铺子|买卖|生意)$")
ANOTHER = re.compile(r"(?:那么?|要是|换成|如果是)*(.{1,12}?)[呢咧哩][?？]*$")
CLAUSES = re.compile(r"[，。；！？,.;!?\s]+")
RESUMING = re.compile(r"接着|继续|恢复|刚才那个|回到刚才")
HALF = 0.5  # likelier than everything else together
MOST = 5  # hits: enough for one rule of each place when places are compared
RESUME = '/choose{"matter": "resume"}'
EXAMPLES = "想盘个门面卖奶茶、孩子刚出生要办啥、我想开个小饭店、结婚登记带什么"


def find(turn: Turn) -> Outcome:
    """Answers a first message, or one that belongs to no question being asked."""
    chosen = turn.entities.get("matter")
    if chosen == "resume":
        return resume(turn)
    if chosen:
        return start(turn, turn.kit.catalogue.guides[int(chosen)], heard=turn.talk.wish)
    text = tidy(turn.text)
    if waiting(turn) and RESUMING.search(text):
        return resume(turn)
    if not text or turn.intent == "anew":
        return Outcome([Reply("text", f"您想办什么事？用自己的话说就行。比如：{EXAMPLES}。")], "greeting", "listening")
    half, result = half_said(turn), same_question(turn, text) or search(turn, text, _matter(turn))
    if half and result.status != "answered":
        text = half + text
        result = search(turn, text)
    if result.status != "answered":
        result = plain_wish(turn, text) or result
    if result.status != "answered" and VAGUE.search(text):
        return vague(turn, text)
    if result.status == "no_match":
        return none(turn, result.elsewhere)
    if result.status == "ask_back" and not wished(turn, result, text):
        return offer(turn, result.hits[:3], text)
    hit = result.hits[0]
    guide = turn.kit.catalogue.guides.get(hit.matter)
    if hit.kind == "guide" and guide:
        return start(turn, guide, text)
    if guide and wishes(turn, text) and (turn.consultation is None or turn.consultation.guide != guide.id):
        begun = start(turn, guide, text)
        spoken_of(turn, hit)
        return Outcome([*map(say.answer, result.told), *begun.replies], "answer", begun.next)
    return told(turn, result, guide, text)


def search(turn: Turn, text: str, matter: int | None = None) -> Result:
    """What the index finds for a text, here and today; `matter` is the matter under discussion."""
    return turn.kit.index.search(text, k=MOST, region=turn.kit.region, matter=matter, day=turn.today)


def same_question(turn: Turn, text: str) -> Result | None:
    """「那网吧呢」 after 「奶茶店要多少钱」 is the same question about another matter."""
    other, aspect = ANOTHER.match(text), turn.talk.asked
    if not other or not aspect:
        return None
    result = search(turn, other[1] + turn.kit.index.lexicon.aspects[aspect][0])
    return result if result.status == "answered" and result.hits[0].aspect == aspect else None


def spoken_of(turn: Turn, hit: Hit) -> None:
    """What the talk is about from now on."""
    turn.talk.misreads = 0
    if hit.matter:
        turn.talk.about, turn.talk.asked = hit.matter, hit.aspect or turn.talk.asked


def half_said(turn: Turn) -> str:
    """「想盘个门面」, after which 「卖奶茶的」 says what kind; asked for once."""
    half = turn.talk.wish if not turn.talk.offer and VAGUE.search(turn.talk.wish) else ""
    if half:
        turn.talk.wish = ""
    return half


def plain_wish(turn: Turn, text: str) -> Result | None:
    """「我想开个五金店，卖油漆稀料」: a matter that one clause wishes plainly, whatever stands beside it."""
    for clause in CLAUSES.split(text):
        if clause != text and wishes(turn, clause):
            result = search(turn, clause)
            if result.status == "answered" and result.hits[0].kind == "guide":
                return result
    return None


def wishes(turn: Turn, text: str) -> bool:
    """Whether somebody says that they want to open or get something."""
    return turn.kit.index.lexicon.is_wish(text)


def wished(turn: Turn, result: Result, text: str) -> bool:
    """Whether somebody wishes something, and one matter is so much likelier than any other that they can be taken at their word.

    They are told its name before anything else, so a mistake is soon put right.
    """
    first, *rest = result.hits or (None,)
    ahead = first is not None and first.kind == "guide" and first.score >= HALF
    return ahead and wishes(turn, text) and all(hit.score * 2 <= first.score for hit in rest if hit.kind == "guide")


def start(turn: Turn, guide: Guide, heard: str) -> Outcome:
    """Begins a consultation, taking in what the opening sentence already told."""
    begin(turn, guide)
    turn.talk.about = guide.number
    listen(turn, heard)
    opening = f"好的，这是「{guide.title}」。{guide.summary}（咨询码 {turn.consultation.code}）"
    lines = [opening, say.understood(turn.situation), say.hindrance(turn.situation)]
    lines.append("我再问几句，只问影响结果的。" if turn.pending else None)
    return Outcome([Reply("text", "\n".join(line for line in lines if line))], None, "asking" if turn.pending else "telling")


def waiting(turn: Turn) -> bool:
    """Whether a stopped consultation waits to be taken up again."""
    return turn.consultation is None and turn.talk.consultation is not None


def resume(turn: Turn) -> Outcome:
    """Takes a stopped consultation up again where it was."""
    turn.talk.consultation.stage, turn.talk.offer = "asking", []
    return Outcome([Reply("text", f"好的，接着办「{turn.guide.title}」。")], None, "asking" if turn.pending else "telling")


def listen(turn: Turn, text: str) -> list[str]:
    """Takes in answers to questions that apply and are not answered yet; returns the ids of those heard."""
    heard = []
    for question in turn.guide.questions:
        if question.id in turn.consultation.answers or turn.situation.applies[question.id] is False:
            continue
        if reading := overhear(question, text):
            turn.consultation.answers[question.id] = {"value": reading.value, "said": reading.said}
            heard.append(question.id)
    return heard


def told(turn: Turn, result: Result, guide: Guide | None, text: str) -> Outcome:
    """A question answered from the index, and the way on."""
    hit = result.hits[0]
    spoken_of(turn, hit)
    answers = [say.answer(hit, turn.notice if turn.consultation else None) for hit in result.told]
    if turn.talk.offer and turn.consultation and (hit.matter is None or hit.matter == turn.guide.number):
        return Outcome([*answers, say.choices("接下来：", [Choice(**row) for row in turn.talk.offer])], "answer", "listening")
    if guide:
        way_on = [Choice(f"开始办「{guide.title}」", "start", choose(guide.number)), Choice("不用了", "no", "/stop")]
        turn.talk.offer, turn.talk.wish = [choice.as_row() for choice in way_on], text
        return Outcome([*answers, say.choices("要不要我从头帮您理一遍？", way_on)], "answer", "listening")
    return Outcome(answers, "answer", "listening")


def offer(turn: Turn, hits, text: str) -> Outcome:
    """Two or three that are close: let the person choose."""
    titles = {}
    for hit in hits:
        titles.setdefault(hit.matter if _of_matter(hit) else hit.id, hit)
    close = [_close(hit, turn) for hit in titles.values()]
    close.append(Choice("都不是，我换个说法", "none", "/anew"))
    turn.talk.offer, turn.talk.wish = [choice.as_row() for choice in close], text
    return Outcome([say.choices("您说的是哪一件？", close)], "ask_back", "listening")


def vague(turn: Turn, wish: str) -> Outcome:
    """A shop, but what kind?"""
    turn.talk.wish = wish
    text = "您想开什么样的店？说说卖什么、做什么，我才好查要办哪些证。比如：卖奶茶、开小面馆、开网吧。"
    return Outcome([Reply("text", text)], "ask_back", "listening")


def none(turn: Turn, elsewhere: Elsewhere | None) -> Outcome:
    """Said plainly: not among what we know, and whose it is if that is known; after two misreadings, a person."""
    if elsewhere:
        text = f"「{elsewhere.title}」不在「一件事一次办」清单里。{elsewhere.where}"
        return Outcome([Reply("text", text)], "out_of_scope", "listening")
    if sentence := foreign.reply(turn.text):
        return Outcome([Reply("text", sentence)], "out_of_scope", "listening")
    turn.talk.misreads += 1
    if turn.talk.misreads >= 2:
        text = f"连着两次没听明白，怕耽误您。请打 {say.HOTLINE} 找人工；或者换个说法，比如：{EXAMPLES}。"
    else:
        text = f"这件事我这里没有，或者我没听明白。我能办的是县里「一件事一次办」清单上的事，比如：{EXAMPLES}。别的事请打 {say.HOTLINE} 问。"
    return Outcome([Reply("text", text)], "out_of_scope", "listening")


def _close(hit, turn: Turn) -> Choice:
    if _of_matter(hit) and hit.matter in turn.kit.catalogue.guides:
        return Choice(turn.kit.catalogue.guides[hit.matter].title, f"matter_{hit.matter}", choose(hit.matter))
    return Choice(hit.title, hit.id, "/tell" + json.dumps({"wish": hit.title}, ensure_ascii=False))


def _of_matter(hit) -> bool:
    """Whether a hit stands for its matter; a hotline entry or a rule stands for itself."""
    return hit.kind in ("guide", "fact") and hit.matter is not None


def choose(number: int) -> str:
    return f'/choose{{"matter": "{number}"}}'


def _matter(turn: Turn) -> int | None:
    """The matter under discussion, so that 「要多少钱」 is about it."""
    return turn.guide.number if turn.consultation else turn.talk.about
