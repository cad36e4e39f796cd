"""Picking one of several options by its number, its label or people's own words for it."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from knowledge.schema import Option

YES = ("是", "是的", "对", "对的", "嗯", "嗯嗯", "中", "行", "好", "好的", "可以", "有", "有的", "要", "要的", "会", "需要", "打算", "已经办了", "办了", "yes", "y")
NO = ("莫有", "冇有", "没得", "不用改", "否", "不是", "不", "不对", "没", "没有", "没有的", "冇", "不要", "不用", "不会", "不需要", "不打算", "不中", "还没", "还没有", "没办", "no", "n")
UNSURE = re.compile(
    r"(我|俺|还|也|这个?|那个?|现在|暂时|目前|真|有点)*"
    r"((不|没)(太|大|是很)?(清楚|知道|确定|晓得|明白|好说|了解|想好|定下?来?|量过)|[说拿记弄搞]不(好|准|清|定|清楚)|没谱|忘了|忘记了)"
    r"(呢|啊|呀|嘞|了)*"
)
SKIP = re.compile(r"跳过|不填|先不填|没有|无|不用|暂无|没")
NONE = re.compile(r"(都|全|全都|全部|材料|东西)*(齐了?|齐全了?|有了?|备好了?|准备好了|不缺|带齐了)|没有(缺的)?|没缺|不缺|无|没有了")
NUMBER = re.compile(r"(?:选|第|我选|是)?\s*([1-9]|1\d|[一二三四五六七八九十])\s*(?:个|项|号|条|种)?[.。、]?")
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
    "雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋甘景薄单包司柏宁"
)
NO_NAME = re.compile(r"[的了吗呢吧啊嘛么是在哪不没我你您他她它俺这那啥咋怎什谁几办]|谢谢")  # in sentences, not in names
SHORT = 4  # characters of an answer that is hardly more than the word itself
NEGATIONS = "不没别非未"
DENIED_AFTER = re.compile(r"[就也都]?不[卖要做办弄养开搞]")  # 「鹦鹉不卖了」
VAGUE = frozenset("不没有无未卖要是用会能做办开过的了")  # an option of these alone does not say what it is about


class Unreadable(ValueError):
    """The answer cannot be read; the message says why, in Chinese."""


def is_unsure(said: str) -> bool:
    """Whether the whole message says 「不清楚」."""
    return bool(UNSURE.fullmatch(said.strip("。,.!?…~ ")))


def is_skip(said: str) -> bool:
    """Whether the whole message leaves an optional field empty."""
    return bool(SKIP.fullmatch(said.strip("。,.! ")))


def is_none(said: str) -> bool:
    """Whether the whole message says that nothing is missing, or nothing is to be listed."""
    return bool(NONE.fullmatch(said.strip("。,.! ")))


def looks_like_name(said: str) -> bool:
    """Whether a short word is surely a person's name: a common surname and one to three characters."""
    return 2 <= len(said) <= 4 and said[0] in SURNAMES and may_be_name(said)


def may_be_name(said: str) -> bool:
    """Whether nothing in a word speaks against its being a person's name."""
    return not NO_NAME.search(said)


def by_number(said: str, count: int) -> int | None:
    """The index that a bare number stands for (「2」「第二个」「选2」), or None."""
    found = NUMBER.fullmatch(said.strip("。,.! "))
    if not found:
        return None
    word = found.group(1)
    index = int(word) if word.isdigit() else "一二三四五六七八九十".index(word) + 1
    return index - 1 if index <= count else None


def pick(options: Sequence[Option], said: str, yes_no: bool = False) -> tuple[Option, bool]:
    """The option meant, and whether the message says nothing else; raises Unreadable."""
    plain = said.strip("。,.!?~ ").casefold()
    index = by_number(plain, len(options))
    if index is not None:
        return options[index], True
    for option in options:
        if {plain, _bare(plain)} & {option.value.casefold(), *map(typed, (option.label, *option.says))}:
            return option, True
    if yes_no and (meant := _yes_or_no(plain)) is not None:
        return options[0 if meant else 1], True
    within = [option for option in options if len(plain) >= 2 and plain in typed(option.label)]
    if len(within) == 1:
        return within[0], True
    if option := overhear(options, plain):
        return option, False
    names = "、".join(f"{number}. {option.label}" for number, option in enumerate(options, 1))
    raise Unreadable(f"没看出您选哪一个。请回复序号或名称：{names}")


@cache
def typed(words: str) -> str:
    """Words of the knowledge as `tidy` makes them of what people type: （ becomes (, ㎡ becomes m2."""
    return unicodedata.normalize("NFKC", words).casefold()


def _yes_or_no(said: str) -> bool | None:
    """What a bare yes or no means, whatever particle it ends in; None for anything else."""
    bare = _bare(said)
    if len(said) <= 4 and re.match(r"还?[没未莫]", said):
        return False
    return True if {said, bare} & set(YES) else False if {said, bare} & set(NO) else None


def _bare(said: str) -> str:
    """Without the particle that it ends in (「以旧换新的」)."""
    return re.sub(r"[的了呢啊呀吧嘞哩]+$", "", said)


def overhear(options: Sequence[Option], said: str, asked: bool = True) -> Option | None:
    """The one option whose words stand in a longer sentence, or None when none or several do.

    Where nobody has `asked` yet, a bare 「不卖」 may be about anything.
    """
    heard = {option.value: length for option in options if (length := _longest(option, said, asked))}
    if not heard:
        return None
    best = max(heard.values())
    winners = [option for option in options if heard.get(option.value) == best]
    return winners[0] if len(winners) == 1 else None


def _longest(option: Option, said: str, asked: bool) -> int:
    """Length of the longest of an option's words that is said and not denied (「不是租的」)."""
    lengths = [0]
    # 「是」 stands in every other sentence; only a short answer can mean it.
    label = (option.label,) if (len(option.label) > 1 or len(said) <= SHORT) and (asked or not VAGUE.issuperset(option.label)) else ()
    for word in map(typed, (*label, *option.says)):
        for found in re.finditer(re.escape(word), said.casefold()):
            before = said[max(0, found.start() - 2):found.start()]
            denied = any(mark in before for mark in NEGATIONS) or DENIED_AFTER.match(said, found.end())
            if not denied or word[0] in NEGATIONS:
                lengths.append(len(word))
    return max(lengths)
