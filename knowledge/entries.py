"""What the index can find: matters, facts about them, and the articles of the procedure documents."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.catalogue import Catalogue, article_name, in_force
from knowledge.schema import Fact, Guide, Hotline, Limit, Matter, Region, Rules, Sourced, Trial

BLANK = "以大厅公布为准"


@dataclass(frozen=True)
class Source:
    """Where a sentence comes from."""

    title: str
    article: str | None
    region: str | None
    revision: str | None
    level: str | None


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: a title, the text to tell, and the ways people ask for it.

    `shared` are the matters that it is also about: what a module says is said once, for all guides that use it.
    What belongs to no matter stands on a `shelf`: the field of a hotline entry, or the procedure documents.
    """

    id: str
    kind: Literal["guide", "fact", "rule", "hotline"]
    matter: int | None
    aspect: str | None
    title: str
    text: str
    asks: tuple[str, ...]
    region: str | None
    sources: tuple[Source, ...]
    shared: tuple[int, ...] = ()
    shelf: str | None = None
    effective: date | None = None
    expires: date | None = None

    def about(self, matter: int | None) -> bool:
        """Whether this is about a matter."""
        return matter is not None and (matter == self.matter or matter in self.shared)


def asks_for(trial: Trial, entry: Entry) -> bool:
    """Whether an entry is what a trial question asks for: anything about its matter, or the very entry."""
    return entry.matter == trial.matter if trial.matter else entry.id == trial.entry


def entries(catalogue: Catalogue) -> list[Entry]:
    """All entries of a catalogue, in a stable order."""
    found = []
    for number, matter in sorted(catalogue.matters.items()):
        guide = catalogue.guides.get(number)
        found += _guide(guide, catalogue) if guide else [_unwritten(matter)]
    for name, module in catalogue.modules.items():
        users = [guide for _, guide in sorted(catalogue.guides.items()) if any(use.module == name for use in guide.uses)]
        if users:
            found += [_fact(name, fact, users, catalogue) for fact in module.facts]
    found += [_hotline(entry, catalogue) for entry in catalogue.hotline.values()]
    return found + [entry for rules in catalogue.rules.values() if in_force(rules, catalogue.day) for entry in _rules(rules)]


def _guide(guide: Guide, catalogue: Catalogue) -> Iterator[Entry]:
    own = Source(guide.title, None, guide.region, guide.revision, None)
    yield Entry(guide.id, "guide", guide.number, None, guide.title, guide.summary, guide.asks, guide.region, (own,))
    region = catalogue.regions[guide.region]
    for aspect, (title, words) in ASPECTS.items():
        text, lines = words(guide, region, catalogue)
        sources = (own, *_sources(lines, catalogue))
        yield Entry(f"{guide.id}/{aspect}", "fact", guide.number, aspect, f"{guide.title}：{title}", text, (), guide.region, sources)
    shared = {fact.id for use in guide.uses if use.module in catalogue.modules for fact in catalogue.modules[use.module].facts}
    for fact in guide.facts:
        if fact.id not in shared:
            yield _fact(guide.id, fact, [guide], catalogue)


def _fact(owner: str, fact: Fact, guides: list[Guide], catalogue: Catalogue) -> Entry:
    """A fact of one guide, or of a module and all guides that use it."""
    only = guides[0] if len(guides) == 1 else None
    own = Source(only.title, None, only.region, only.revision, fact.level) if only else Source("民权县一件事办事指南", None, guides[0].region, None, fact.level)
    return Entry(
        f"{owner}/{fact.id}", "fact", only and only.number, fact.aspect, fact.title, _admitting(fact, catalogue), fact.asks, guides[0].region,
        tuple(_sources([fact], catalogue)) or (own,), () if only else tuple(guide.number for guide in guides), None, fact.effective, fact.expires,
    )


def _hotline(entry: Hotline, catalogue: Catalogue) -> Entry:
    own = Source(f"12345知识库：{entry.category}", None, entry.region, entry.effective.isoformat(), entry.level)
    return Entry(
        entry.id, "hotline", entry.matter, entry.aspect, entry.title, _admitting(entry, catalogue), entry.asks, entry.region,
        (*_sources([entry], catalogue), own), (), entry.category.split("/")[0], entry.effective, entry.expires,
    )


def _admitting(line: Fact | Hotline, catalogue: Catalogue) -> str:
    """The text, admitting it where no source vouches for it."""
    return line.text if catalogue.level(line) != "待核验" or BLANK in line.text else f"{line.text}（{BLANK}）"


def _unwritten(matter: Matter) -> Entry:
    text = f"「{matter.title}」在县里的一件事清单里（第{matter.number}件），办事指南还没有上线。请打 12345 问清要带什么，再去大厅。"
    listed = Source("民权县政务服务“一件事一次办”事项清单（第一批）", None, "民权县", "2022-10-15", "县")
    return Entry(f"matter_{matter.number}", "guide", matter.number, None, matter.title, text, matter.asks, "民权县", (listed,))


def _rules(rules: Rules) -> Iterator[Entry]:
    for article in rules.articles:
        name = article_name(article.number)
        source = Source(rules.title, name, rules.region, rules.revision, None)
        title = " ".join(part for part in (rules.title, name, article.title) if part)
        yield Entry(f"{rules.id}/{article.number}", "rule", None, None, title, article.text, article.asks, rules.region, (source,), shelf="规程")


def _sources(lines: list[Sourced], catalogue: Catalogue) -> list[Source]:
    """The laws behind some lines, each once."""
    found = {}
    for line in lines:
        for basis in line.basis:
            key, _, article = basis.partition(" ")
            law = catalogue.laws[key]
            found[basis] = Source(law.title, article_name(article) or None, line.place or law.place, law.version, catalogue.level(line))
    return list(found.values())


def _listed(sentences: list[str]) -> str:
    return sentences[0] if len(sentences) == 1 else "\n".join(f"{number}. {text}" for number, text in enumerate(sentences, 1))


def _if(line, text: str) -> str:
    """The text, marked where it does not hold for everybody."""
    return f"{text}（看情况）" if line.when else text


def _limit(limit: Limit | None) -> str:
    return BLANK if limit is None else f"法定{limit.words}内" if limit.days else limit.words


def _texts(section: str, say: Callable) -> Callable:
    """The aspect that tells each line of a section."""
    def tell(guide: Guide, region: Region, catalogue: Catalogue) -> tuple[str, list[Sourced]]:
        lines = list(getattr(guide, section))
        return _listed([_if(line, say(line, catalogue)) for line in lines]) or BLANK, lines
    return tell


def _material(use, catalogue: Catalogue) -> str:
    return f"{catalogue.materials[use.material].name}（{use.counts}）"


def _basis(guide: Guide, region: Region, catalogue: Catalogue) -> tuple[str, list[Sourced]]:
    lines = [*guide.items, *guide.conditions]
    return "；".join(catalogue.cite(basis for line in lines for basis in line.basis)), lines


def _place(guide: Guide, region: Region, catalogue: Catalogue) -> tuple[str, list[Sourced]]:
    elsewhere = [f"{item.name}：{item.where}" for item in guide.items if item.where]
    return "。".join([f"到{region.hall}，一个窗口收件。地址和上班时间{BLANK}", *elsewhere]) + "。", [region.acceptance]


def _online(guide: Guide, region: Region, catalogue: Catalogue) -> tuple[str, list[Sourced]]:
    return f"可以在{region.online}提交。哪些事项能全程网办，{BLANK}。", [region.acceptance]


def _contact(guide: Guide, region: Region, catalogue: Catalogue) -> tuple[str, list[Sourced]]:
    return f"打 {region.hotline} 咨询。窗口电话{BLANK}。牵头部门是{guide.lead}。", [region.acceptance]


ASPECTS: dict[str, tuple[str, Callable[[Guide, Region, Catalogue], tuple[str, list[Sourced]]]]] = {
    "conditions": ("要符合什么条件", _texts("conditions", lambda line, _: line.text)),
    "materials": ("要带什么材料", _texts("materials", _material)),
    "process": ("怎么办", _texts("steps", lambda line, _: line.text)),
    "time": ("要多久", _texts("items", lambda item, _: f"{item.name}：{_limit(item.promised or item.statutory)}")),
    "fee": ("要多少钱", _texts("items", lambda item, _: f"{item.name}：{item.fee.text}")),
    "result": ("办完拿到什么", _texts("items", lambda item, _: f"{item.name}：{item.result}")),
    "place": ("在哪办", _place),
    "online": ("能不能网上办", _online),
    "contact": ("问谁", _contact),
    "basis": ("有什么依据", _basis),
}
