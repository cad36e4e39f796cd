"""Answers one query from the index: sure of one thing, unsure between a few, or not ours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

from index import embed, lexicon as lexicons, store
from index.evidence import Circumstances, Evidence, Parts
from index.judge import Judge
from index.lexicon import Lexicon
from index.opinion import LINES, Limits, Opinion, opinion
from index.places import Places
from index.result import ALMOST, Hit, Query, Result, hit
from index.store import REMEDY, StaleIndex
from index.targets import OTHER, Target, make_targets
from index.words import is_pinyin, keep_whole, normalise
from knowledge.catalogue import in_force
from knowledge.entries import Entry
from knowledge.schema import Elsewhere


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
        try:
            parts, judge = Parts.load(folder, make_targets(entries, elsewhere, lexicon), sentences), Judge.load(folder / "judge.npz")
        except FileNotFoundError as error:
            raise StaleIndex(f"搜索索引不完整，少了 {error.filename}。{REMEDY}") from error
        return cls(entries, elsewhere, lexicon, parts, judge, Limits(**about.limits))

    def search(self, q: str, k: int = 3, region: str = "民权县", matter: int | None = None, day: date | None = None) -> Result:
        """Find what answers `q`: at most `k` hits, best first.

        Rules of other regions than the one the query names (else `region`) are never among them.
        `matter` is the matter under discussion, so that 「要多少钱」 is about it. What does not hold on `day` is not found.
        """
        query = self.understand(q, region, matter, day)
        return self._word_for_word(query, k) or self._hollow(query, k) or self._weighed(query, self._of_topic(query, self.opinion(query)), k)

    def understand(self, q: str, region: str = "民权县", matter: int | None = None, day: date | None = None) -> Query:
        """Take the places out of a text, and see which aspect it asks for."""
        said, places = self._places.taken_from(normalise(q))
        return Query(q, said, frozenset(places or {region}), region, matter, day or date.today(), self.lexicon.aspect(said), self.lexicon.aspects_in(said))

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
        hits = (hits or self._ranked(query, seen, k))[:k]
        return Result(query.q, "answered" if sure else "ask_back", hits, places=query.places, also=self._asked_too(query, hits[0]) if sure else ())

    def _asked_too(self, query: Query, first: Hit) -> tuple[Hit, ...]:
        """「要多少钱，几天能好」: the other aspects of the same matter."""
        if first.aspect not in query.aspects:
            return ()
        others = (self._by_aspect.get((first.matter, aspect)) for aspect in query.aspects if aspect != first.aspect)
        return tuple(hit(entry, first.score) for entry in others if entry)

    def _ranked(self, query: Query, seen: Opinion, k: int) -> tuple[Hit, ...]:
        """The best of each group. A guide that was asked for one aspect tells that aspect, and comes second itself."""
        found: dict[str, Hit] = {}
        for target, chance in seen.ranked[:k]:
            entry = self.entry(target)
            told = self._by_aspect.get((entry.matter, query.aspect), entry) if query.aspect and entry.kind == "guide" else entry
            guide = [self._guides[entry.matter]] if entry.kind in ("guide", "fact") and entry.matter else []
            for one in (told, *guide)[: 2 if not found else 1]:
                found.setdefault(one.id, hit(one, chance))
        return tuple(found.values())

    def _each_place(self, query: Query, seen: Opinion) -> tuple[Hit, ...] | None:
        """Where places are named together and a rule answers: the rule of each place that fits best, ours first."""
        best: dict[str | None, Hit] = {}
        if self.entry(seen.ranked[0][0]).kind != "rule":
            return None
        for target, chance in seen.ranked:
            entry = self.entry(target)
            if entry.kind == "rule":
                best.setdefault(entry.region, hit(entry, chance))
        return tuple(sorted(best.values(), key=lambda hit: hit.region != query.region))

    def _word_for_word(self, query: Query, k: int) -> Result | None:
        """What stands in the knowledge in these very words is always found."""
        for said in (normalise(query.q), query.said):
            same = [entry for entry in self._said.get(said, []) if in_force(entry, query.day) and (entry.kind != "rule" or entry.region in query.places)]
            same = [entry for entry in same if entry.about(query.matter)] or same
            if same:
                same.sort(key=lambda entry: entry.region != query.region)
                sure = len({entry.matter for entry in same}) == 1
                return Result(query.q, "answered" if sure else "ask_back", tuple(hit(entry, 1.0) for entry in same[:k]), places=query.places)
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
        hits = tuple(hit(entry, ALMOST) for entry in dict.fromkeys((told, guide)))[:k]
        return Result(query.q, "answered", hits, also=self._asked_too(query, hits[0]))

    def allowed(self, query: Query) -> np.ndarray:
        """Which targets hold on that day and in those places."""
        allowed = self._in_force(query.day).copy()
        for region, numbers in self._ruled.items():
            if region not in query.places:
                allowed[numbers] = False
        return allowed

    def _circumstances(self, query: Query) -> Circumstances:
        allowed = self.allowed(query)
        at_home, in_aspect = np.zeros((2, len(allowed)), bool)
        at_home[self._about.get(query.matter, [])] = True
        in_aspect[self._by_its_aspect.get(query.aspect, [])] = True
        return Circumstances(allowed, at_home, in_aspect, self.lexicon.is_wish(query.said))

    @property
    def _targets(self) -> Sequence[Target]:
        return self.parts.targets

    def entry(self, target: int) -> Entry:
        """The entry that a target of ours stands for."""
        return self.entries[self._targets[target].number]

    @cached_property
    def _mine(self) -> list[int]:
        return [number for number, target in enumerate(self._targets) if target.kind != OTHER]

    def _in_force(self, day: date) -> np.ndarray:
        """Which targets hold on a day; the last day asked for is kept."""
        held = self._of_day.get(day)
        if held is None:
            held = np.array([target.kind == OTHER or in_force(self.entry(number), day) for number, target in enumerate(self._targets)])
            self._of_day.clear()
            self._of_day[day] = held
        return held

    @cached_property
    def _of_day(self) -> dict[date, np.ndarray]:
        return {}

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
    def _places(self) -> Places:
        return Places({entry.region for entry in self.entries if entry.kind == "rule" and entry.region}, self.lexicon.everywhere)

    @cached_property
    def _by_aspect(self) -> dict[tuple[int | None, str], Entry]:
        """What a guide derives for each aspect; else a fact of that matter with the aspect."""
        facts = [entry for entry in self.entries if entry.kind == "fact" and entry.aspect]
        return {(matter, fact.aspect): fact for fact in sorted(facts, key=lambda fact: not fact.asks) for matter in (fact.matter, *fact.shared)}

    def _whose(self, seen: Opinion) -> Elsewhere | None:
        """The other business that the query is about, if that is likelier than anything of ours."""
        return None if seen.other is None else self.elsewhere[self._targets[seen.other].number]


def _grouped(pairs: Iterable[tuple[object, int]]) -> dict:
    found: dict = {}
    for key, number in pairs:
        found.setdefault(key, []).append(number)
    return found
