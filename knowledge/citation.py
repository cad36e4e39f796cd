"""Citations as people write them: 《食品安全法》第三十五条、第四十五条；《…条例》第三条 for "food_safety_law 35" …, and back."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import cn2an

from knowledge.catalogue import article_name
from knowledge.naming import Names, Unreadable
from knowledge.schema import Law

STATE = "中华人民共和国"  # people write it before a law's title, the register leaves it out
NUMBER = "([0-9]+|[零一二三四五六七八九十百千]+)"
ARTICLE = re.compile(f"(?=第|[0-9]|.*条)第?{NUMBER}条?(?:(?:之|-){NUMBER})?")
PART = re.compile(r"[一二三四五六七八九十]{1,2}|附[^第条款项]{1,10}")  # 「二」 of a plan, 附件一: they stand as they are
LIKE_THIS = "请写成《食品安全法》第三十五条、第四十五条；另一部法规用分号隔开"


class Citations:
    """Reads and writes citations with the titles of the register of laws."""

    def __init__(self, laws: Mapping[str, Law]):
        self._titles = Names("法规", {law.id: law.title for law in laws.values()}, " laws.yml ")

    def write(self, bases: Iterable[str]) -> str:
        """The citations in their order, neighbours of one law together."""
        pairs = [tuple(basis.partition(" ")[::2]) for basis in bases]
        groups = groupby(pairs, key=lambda pair: (pair[0], bool(pair[1])))
        return "；".join(f"《{self._titles.word(law)}》{'、'.join(article_name(article) for _, article in group)}" for (law, _), group in groups)

    def read(self, text: str) -> list[str]:
        """The citations in a text; raises Unreadable with every title and article that is not understood."""
        bases, faults = [], []
        for title, articles in _laws(text, faults):
            try:
                law = self._law(title)
            except Unreadable as error:
                faults += error.faults
                continue
            for article in articles or [""]:
                try:
                    bases.append(f"{law} {_number(article)}".strip())
                except Unreadable as error:
                    faults += error.faults
        if faults:
            raise Unreadable(*faults)
        return bases

    def _law(self, title: str) -> str:
        try:
            return self._titles.key(title)
        except Unreadable:
            return self._titles.key(title.removeprefix(STATE))


def _laws(text: str, faults: list[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Each title in 《》 (titles may hold titles) with the articles after it; a version in brackets is skipped."""
    left = text.strip()
    while left:
        if not left.startswith("《") or (end := _closed(left)) is None:
            faults.append((f"「{left}」看不出是哪部法规", LIKE_THIS))
            return
        title, left = left[1:end], re.sub(r"^\s*[（(][^）)]*[）)]", "", left[end + 1:])
        said, opening, rest = left.partition("《")
        left = opening + rest
        yield title, [article for article in re.split(r"[、，,；;。和及\s]+", said) if article]


def _closed(text: str) -> int | None:
    """Where the title that opens a text is closed."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "《") - (sign == "》")
        if depth == 0:
            return place
    return None


def _number(article: str) -> str:
    """"35" for 「第三十五条」, 「第35条」, 「35条」; "3-1" for 「第三条之一」."""
    if not article or PART.fullmatch(article):
        return article
    if found := ARTICLE.fullmatch(article):
        try:
            return "-".join(part if part.isdigit() else str(int(cn2an.cn2an(part, "strict"))) for part in found.groups() if part)
        except ValueError:
            pass
    raise Unreadable((f"「{article}」不是条号", "请写成第三十五条或者第35条，只写到条，几条就写几个"))
