"""Answers one query from the index: sure of one thing, unsure between a few, or not ours."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from index import embed, lexicon as lexicons, store
from index.evidence import Circumstances, Evidence, Parts
from index.judge import Judge
from index.lexicon import Lexicon
from index.opinion import LINES, Limits, Opinion, opinion
from index.store import REMEDY, StaleIndex
from index.targets import OTHER, Target, make_targets
from index.words import find, is_pinyin, keep_whole, normalise
from knowledge.catalogue import in_force
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

_ALMOST = 0.999  # only the very words of a phrasing score 1


@dataclass(frozen=True)
class Hit(Entry):
    """An entry that was found, with its score between 0 and 1."""

    score: float = 0.0


@dataclass(frozen=True)
class Result:
    """The answer to one query. With `no_match`, `elsewhere` says whose business it is, if that is known."""

    q: str
    status: Literal["answered", "ask_back", "no_match"]
    hits: tuple[Hit, ...] = ()
    elsewhere: Elsewhere | None = None
    places: frozenset[str] = frozenset()

    @property
    def told(self) -> tuple[Hit, ...]:
        """What answers: the first hit; where places were named together, the rule of each of them."""
        if len(self.places) < 2 or self.hits[0].kind != "rule":
            return self.hits[:1]
        return tuple({hit.region: hit for hit in reversed(self.hits) if hit.kind == "rule"}.values())[::-1]

    def line(self) -> dict:
        """The result as contracts/search-line.schema.json has it."""
        kept = ("id", "kind", "matter", "aspect", "title", "text", "score", "sources")
        return {"q": self.q, "status": self.status, "hits": [{key: asdict(hit)[key] for key in kept} for hit in self.hits]}


@dataclass(frozen=True)
class Query:
    """A text as it is understood before anything is looked up: what is left without the places, and where, when, about what."""

    q: str
    said: str
    places: frozenset[str]
    region: str
    matter: int | None
    day: date
    aspect: str | None


@dataclass(frozen=True)
class Index:
    """The searchable knowledge. Reading only: one index serves all threads."""

    entries: Sequence[Entry]
    elsewhere: Sequence[Elsewhere]
    lexicon: Lexicon
    parts: Parts
    judge: Judge
    limits: Limits

    @classmethod
    def load(cls, folder: Path, entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], model: str | None = None) -> "Index":
        """Open the index under `folder` for exactly this knowledge and this model; raises StaleIndex."""
        about, lexicon = store.read(folder), lexicons.load()
        if problems := list(store.differences(about, entries, elsewhere, lexicon, model)):
            raise StaleIndex(f"搜索索引过时了：{'；'.join(problems)}。{REMEDY}")
        sentences = embed.load(model or folder / "model")
        if store.fingerprint(sentences) != about.probe:
            raise StaleIndex(f"搜索索引过时了：向量模型的内容变了。{REMEDY}")
        keep_whole(lexicon.words)
        parts = Parts.load(folder, make_targets(entries, elsewhere, lexicon), sentences)
        return cls(entries, elsewhere, lexicon, parts, Judge.load(folder / "judge.npz"), Limits(**about.limits))

    def search(self, q: str, k: int = 3, region: str = "民权县", matter: int | None = None, day: date | None = None) -> Result:
        """Find what answers `q`: at most `k` hits, best first.

        Rules of other regions than the one the query names (else `region`) are never among them.
        `matter` is the matter under discussion, so that 「要多少钱」 is about it. What does not hold on `day` is not found.
        """
        query = self.understand(q, region, matter, day)
        return self._word_for_word(query, k) or self._hollow(query, k) or self._weighed(query, self._of_topic(query, self.opinion(query)), k)

    def understand(self, q: str, region: str = "民权县", matter: int | None = None, day: date | None = None) -> Query:
        """Take the places out of a text, and see which aspect it asks for."""
        said, places = self._without_places(normalise(q))
        return Query(q, said, frozenset(places or {region}), region, matter, day or date.today(), self.lexicon.aspect(said))

    def evidence(self, query: Query) -> Evidence:
        """What speaks for each candidate."""
        return self.parts.weigh(query.said, self._circumstances(query))

    def opinion(self, query: Query) -> Opinion:
        """What was most likely meant."""
        evidence = self.evidence(query)
        return opinion(evidence, self.judge.chances(evidence), self.groups(query.matter))

    def groups(self, matter: int | None = None) -> np.ndarray:
        """For each target what it speaks of: its matter, or itself alone."""
        if matter is None:
            return self._groups
        groups = self._groups.copy()
        groups[[number for number in self._about.get(matter, []) if self._targets[number].kind == "fact"]] = matter
        return groups

    def _of_topic(self, query: Query, seen: Opinion) -> Opinion:
        """「开奶茶店要多少钱」: no line answers that for sure, but what it is about is a matter, surely."""
        if query.aspect is None or seen.answers(self.limits):
            return seen
        about = self.opinion(replace(query, said=self.lexicon.topic(query.said)))
        return about if about.of_matter and about.answers(self.limits) else seen

    def _weighed(self, query: Query, seen: Opinion, k: int) -> Result:
        if not seen.ranked or seen.ours < self.limits.refuse_below:
            return Result(query.q, "no_match", elsewhere=self._whose(seen))
        sure = seen.answers(self.limits)
        hits = self._each_place(query, seen) if len(query.places) > 1 else None
        return Result(query.q, "answered" if sure else "ask_back", (hits or self._ranked(query, seen, k))[:k], places=query.places)

    def _ranked(self, query: Query, seen: Opinion, k: int) -> tuple[Hit, ...]:
        """The best of each group. A guide that was asked for one aspect tells that aspect, and comes second itself."""
        found: dict[str, Hit] = {}
        for target, chance in seen.ranked[:k]:
            entry = self.entry(target)
            told = self._by_aspect.get((entry.matter, query.aspect), entry) if query.aspect and entry.kind == "guide" else entry
            guide = [self._guides[entry.matter]] if entry.kind in ("guide", "fact") and entry.matter else []
            for one in (told, *guide)[: 2 if not found else 1]:
                found.setdefault(one.id, _hit(one, chance))
        return tuple(found.values())

    def _each_place(self, query: Query, seen: Opinion) -> tuple[Hit, ...] | None:
        """Where places are named together and a rule answers: the rule of each place that fits best, ours first."""
        best: dict[str | None, Hit] = {}
        if self.entry(seen.ranked[0][0]).kind != "rule":
            return None
        for target, chance in seen.ranked:
            entry = self.entry(target)
            if entry.kind == "rule":
                best.setdefault(entry.region, _hit(entry, chance))
        return tuple(sorted(best.values(), key=lambda hit: hit.region != query.region))

    def _word_for_word(self, query: Query, k: int) -> Result | None:
        """What stands in the knowledge in these very words is always found."""
        for said in (normalise(query.q), query.said):
            same = [entry for entry in self._said.get(said, []) if _allowed(entry, query)]
            same = [entry for entry in same if entry.about(query.matter)] or same
            if same:
                same.sort(key=lambda entry: entry.region != query.region)
                sure = len({entry.matter for entry in same}) == 1
                return Result(query.q, "answered" if sure else "ask_back", tuple(_hit(entry, 1.0) for entry in same[:k]), places=query.places)
            if said in self._others_said:
                return Result(query.q, "no_match", elsewhere=self._others_said[said])
        return None

    def _hollow(self, query: Query, k: int) -> Result | None:
        """A text that names nothing: 「要多少钱」 is about the matter under discussion, 「哈哈哈」 is about nothing at all."""
        said = query.said
        if len(set(said)) <= 1 or (said.isascii() and not is_pinyin(said) and said not in self._everything_said):
            return Result(query.q, "no_match")
        if not self.lexicon.is_hollow(said):
            return None
        if query.aspect is None:
            return Result(query.q, "no_match")
        guide = self._guides.get(query.matter)
        if guide is None:
            return Result(query.q, "ask_back")
        told = self._by_aspect.get((query.matter, query.aspect), guide)
        return Result(query.q, "answered", tuple(_hit(entry, _ALMOST) for entry in dict.fromkeys((told, guide)))[:k])

    def allowed(self, query: Query) -> np.ndarray:
        """Which targets hold on that day and in those places."""
        begin, end = self._days
        allowed = (begin <= query.day.toordinal()) & (query.day.toordinal() < end)
        for region, numbers in self._ruled.items():
            if region not in query.places:
                allowed[numbers] = False
        return allowed

    def _circumstances(self, query: Query) -> Circumstances:
        allowed = self.allowed(query)
        at_home, in_aspect = np.zeros((2, len(allowed)), bool)
        at_home[self._about.get(query.matter, [])] = True
        in_aspect[self._by_its_aspect.get(query.aspect, [])] = True
        return Circumstances(allowed, at_home, in_aspect)

    @property
    def _targets(self) -> Sequence[Target]:
        return self.parts.targets

    def entry(self, target: int) -> Entry:
        """The entry that a target of ours stands for."""
        return self.entries[self._targets[target].number]

    @cached_property
    def _mine(self) -> list[int]:
        return [number for number, target in enumerate(self._targets) if target.kind != OTHER]

    @cached_property
    def _days(self) -> np.ndarray:
        """From which day on each target holds, and from which on no more, as ordinals."""
        days = np.array([[date.min.toordinal()], [date.max.toordinal()]]).repeat(len(self._targets), axis=1)
        for number in self._mine:
            entry = self.entry(number)
            days[:, number] = (entry.effective or date.min).toordinal(), (entry.expires or date.max).toordinal()
        return days

    @cached_property
    def _ruled(self) -> dict[str | None, list[int]]:
        """The rules of each region."""
        return _grouped((self.entry(number).region, number) for number in self._mine if self._targets[number].kind == "rule")

    @cached_property
    def _about(self) -> dict[int | None, list[int]]:
        """The targets that are about each matter."""
        about = ((matter, number) for number in self._mine for matter in {self.entry(number).matter, *self.entry(number).shared} - {None})
        return _grouped(about)

    @cached_property
    def _by_its_aspect(self) -> dict[str | None, list[int]]:
        return _grouped((self.entry(number).aspect, number) for number in self._mine if self.entry(number).aspect)

    @cached_property
    def _groups(self) -> np.ndarray:
        groups = np.full(len(self._targets), LINES)
        for number in self._mine:
            entry = self.entry(number)
            groups[number] = entry.matter if entry.kind in ("guide", "fact") and entry.matter else LINES + number
        return groups

    @cached_property
    def _guides(self) -> dict[int | None, Entry]:
        return {entry.matter: entry for entry in self.entries if entry.kind == "guide"}

    @cached_property
    def _said(self) -> dict[str, list[Entry]]:
        """Every title and phrasing in normal form, with the entries that have it."""
        found: dict[str, dict[str, Entry]] = {}
        for entry in self.entries:
            for text in (entry.title, *entry.asks):
                found.setdefault(normalise(text), {})[entry.id] = entry
        return {text: list(same.values()) for text, same in found.items() if text}

    @cached_property
    def _everything_said(self) -> str:
        """To tell 「ktv」 from 「asdf」: letters and digits mean something only if somebody has said them."""
        return "\n".join(self._said)

    @cached_property
    def _others_said(self) -> dict[str, Elsewhere]:
        return {normalise(text): other for other in self.elsewhere for text in (other.title, *other.asks)}

    @cached_property
    def _regions(self) -> dict[str, str]:
        """How each region is called, the longest name first: 「南阳」 for 「南阳市」 too."""
        names = {entry.region for entry in self.entries if entry.kind == "rule" and entry.region}
        called = {call: name for name in names for call in (name, name.rstrip("省市县"))}
        return dict(sorted(called.items(), key=lambda pair: (-len(pair[0]), pair[0])))

    @cached_property
    def _by_aspect(self) -> dict[tuple[int | None, str], Entry]:
        """What a guide derives for each aspect; else a fact of that matter with the aspect."""
        facts = [entry for entry in self.entries if entry.kind == "fact" and entry.aspect]
        return {(matter, fact.aspect): fact for fact in sorted(facts, key=lambda fact: not fact.asks) for matter in (fact.matter, *fact.shared)}

    def _without_places(self, said: str) -> tuple[str, set[str]]:
        """The text without the places it names, and those places."""
        places = set()
        for word in self.lexicon.everywhere:
            if word in said:
                places.update(self._regions.values())
                said = said.replace(word, "")
        for call, name in self._regions.items():
            if (begin := find(call, said)) >= 0:
                places.add(name)
                said = said[:begin] + re.sub("^(的|里|那边|这边|那儿|这儿)", "", said[begin + len(call) :])
        return said, places

    def _whose(self, seen: Opinion) -> Elsewhere | None:
        """The other business that the query is about, if that is likelier than anything of ours."""
        return None if seen.other is None else self.elsewhere[self._targets[seen.other].number]


def _grouped(pairs: Iterable[tuple[object, int]]) -> dict:
    found: dict = {}
    for key, number in pairs:
        found.setdefault(key, []).append(number)
    return found


def _allowed(entry: Entry, query: Query) -> bool:
    return (entry.kind != "rule" or entry.region in query.places) and in_force(entry, query.day)


def _hit(entry: Entry, score: float) -> Hit:
    told = {key: value for key, value in vars(entry).items() if key != "score"}
    return Hit(**told, score=score if score == 1.0 else round(min(max(score, 0.0), _ALMOST), 4))
