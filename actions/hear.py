"""What a message is about: the index asked in the light of the talk, for wishes and for questions, one or several."""

import re
from collections.abc import Iterator

from actions.memory import Turn
from index.result import Hit, Result

ASKING = re.compile(r"[?？]|(吗|么|呢|啥|咋|咋办|不)$|多少|多久|怎么|咋|什么|啥|哪|几[天点个号年时]|能不能|可不可以|要不要|是不是|有没有|中不中|行不行")
VAGUE = re.compile(r"(开|盘|租|弄|搞|做)[个点了间家一]*(小|大)?(店|门面|门店|铺面|铺子|买卖|生意)$")
ANOTHER = re.compile(r"(?:那么?|要是|换成|如果是)*(.{1,12}?)[呢咧哩][?？]*$")
CLAUSES = re.compile(r"[，。；！？,.;!?\s]+|(?=还[要想得]|另外|顺便|同时[要想]|又[要想])")
QUESTIONS = re.compile(r"[？?。；！;!\n]+|[，,\s]+(?=还有|另外|再问|再一个)|[，,](?=.{4})")
HALF = 0.5  # likelier than everything else together
SURELY = 0.8  # how sure a second wish must be: it may be part of the first
MOST = 5  # hits: enough for one rule of each place when places are compared


def search(turn: Turn, text: str, matter: int | None = None) -> Result:
    """What the index finds for a text, here and today; `matter` is the matter under discussion."""
    return turn.kit.index.search(text, k=MOST, region=turn.kit.region, matter=matter, day=turn.today)


def hear(turn: Turn, text: str, half: str) -> Result:
    """What a message outside of any question is about; `half` is what was said of it before."""
    result = same_question(turn, text) or search(turn, text, _matter(turn))
    if half and result.status != "answered":
        result = search(turn, half + text)
    if result.status != "answered":
        result = next(_plain_wishes(turn, text), result)
    return result


def half_said(turn: Turn) -> str:
    """「想盘个门面」, after which 「卖奶茶的」 says what kind; asked for once."""
    half = turn.talk.wish if not turn.talk.offer and VAGUE.search(turn.talk.wish) else ""
    if half:
        turn.talk.wish = ""
    return half


def same_question(turn: Turn, text: str) -> Result | None:
    """「那网吧呢」 after 「奶茶店要多少钱」 is the same question about another matter."""
    other, aspect = ANOTHER.match(text), turn.talk.asked
    if not other or not aspect or not _plain(named := search(turn, other[1])):
        return None
    result = search(turn, turn.kit.index.lexicon.aspects[aspect][0], named.hits[0].matter)
    return result if result.status == "answered" and result.hits[0].aspect == aspect else None


def each_question(turn: Turn, text: str, matter: int | None) -> list[Hit]:
    """「执照收费不？健康证去哪办？」: what answers each question of a message that asks several; empty for any other message.

    A question that names nothing is about what the one before it was about.
    """
    found: dict[str, Hit] = {}
    asked = [part for part in QUESTIONS.split(text) if part and ASKING.search(part)]
    for part in asked if len(asked) > 1 else ():
        result = search(turn, part, matter)
        if result.status != "answered" or result.hits[0].kind == "guide":
            return []
        matter = result.hits[0].matter or matter
        found.update({hit.id: hit for hit in result.told})
    return list(found.values()) if len(found) > 1 else []


def wishes(turn: Turn, text: str) -> bool:
    """Whether some clause says that somebody wants to open or get something; 「要多少钱，几天能办好」 does not."""
    return any(map(turn.kit.index.lexicon.is_wish, CLAUSES.split(text)))


def wished(turn: Turn, result: Result, text: str) -> bool:
    """Whether somebody wishes something plainly enough to be taken at their word.

    They are told its name before anything else, so a mistake is soon put right.
    """
    return wishes(turn, text) and _plain(result)


def wished_besides(turn: Turn, text: str, first: int) -> list[int]:
    """「我要结婚，还想开个奶茶店」: the matters that are wished for beside the first."""
    besides = (result.hits[0] for result in _plain_wishes(turn, text))
    return list(dict.fromkeys(hit.matter for hit in besides if hit.matter != first and hit.score >= SURELY))


def spoken_of(turn: Turn, hit: Hit) -> None:
    """What the talk is about from now on."""
    turn.talk.misreads = 0
    if hit.matter:
        turn.talk.about, turn.talk.asked = hit.matter, hit.aspect or turn.talk.asked


def _plain_wishes(turn: Turn, text: str) -> Iterator[Result]:
    """「我想开个五金店，卖油漆稀料」: the matters that single clauses wish plainly, whatever stands beside them."""
    for clause in CLAUSES.split(text):
        if clause != text and wishes(turn, clause) and _plain(result := search(turn, clause)):
            yield result


def _plain(result: Result) -> bool:
    """Whether one matter is so much likelier than any other that it must be meant."""
    first, *rest = result.hits or (None,)
    return first is not None and first.kind == "guide" and first.score >= HALF and all(hit.score * 2 <= first.score for hit in rest if hit.kind == "guide")


def _matter(turn: Turn) -> int | None:
    """The matter under discussion, so that 「要多少钱」 is about it."""
    return turn.guide.number if turn.consultation else turn.talk.about
