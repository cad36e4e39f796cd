"""Answers one query from the index: sure of one thing, unsure between a few, or not ours."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from index import embed, lexicon as lexicons
from index.build import FORMAT, content_hash, fingerprint
from index.calibrate import Limits, chance, shelf_evidence
from index.lexicon import Lexicon
from index.parts import Parts, Reading, guides, shelves
from index.words import keep_whole, normalise
from knowledge.catalogue import in_force
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

REMEDY = "请运行 .venv/bin/python -m index build"
_HOME_FACT, _FOREIGN_FACT = 0.02, -0.05  # a fact counts for more under its own matter, for less under another's
_SAME_ASPECT = 0.05  # and for more when it is about the aspect that was asked


class StaleIndex(Exception):
    """The index is missing, or was made from other knowledge or another model than is in use now."""


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
class _Verdict:
    """What the matters say: all classes' scores, the best matter's class, and how sure."""

    fused: np.ndarray
    best: int
    ours: float
    right: float


@dataclass(frozen=True)
class Index:
    """The searchable knowledge. Reading only: one index serves all threads."""

    entries: Sequence[Entry]
    elsewhere: Sequence[Elsewhere]
    lexicon: Lexicon
    parts: Parts
    limits: Limits

    @classmethod
    def load(cls, folder: Path, entries: Sequence[Entry], model: str | None = None) -> "Index":
        """Open the index under `folder` for exactly these entries and this model; raises StaleIndex."""
        try:
            about = json.loads((folder / "index.json").read_text("utf-8"))
        except FileNotFoundError:
            raise StaleIndex(f"还没有搜索索引（{folder}）。{REMEDY}") from None
        lexicon = lexicons.load()
        problems = list(_differences(about, entries, lexicon, model))
        if problems:
            raise StaleIndex(f"搜索索引过时了：{'；'.join(problems)}。{REMEDY}")
        sentences = embed.load(model or folder / "model")
        if fingerprint(sentences) != about["probe"]:
            raise StaleIndex(f"搜索索引过时了：向量模型的内容变了。{REMEDY}")
        keep_whole(lexicon.words)
        ours = len(guides(entries))
        parts = Parts.load(folder, sentences, ours, ours + len(about["elsewhere"]))
        return cls(entries, [Elsewhere(**other) for other in about["elsewhere"]], lexicon, parts, Limits(**about["limits"]))

    def search(self, q: str, k: int = 3, region: str = "民权县", matter: int | None = None, day: date | None = None) -> Result:
        """Find what answers `q`: at most `k` hits, best first.

        Rules of other regions than the one the query names (else `region`) are never among them.
        `matter` is the matter under discussion, so that 「要多少钱」 is about it. What does not hold on `day` is not found.
        """
        whole, day = normalise(q), day or date.today()
        said, places = self._without_places(whole)
        places = places or {region}
        if same := self._same(whole, places, matter, day) or self._same(said, places, matter, day):
            return self._exactly(q, sorted(same, key=lambda entry: entry.region != region), k, places)
        if whole in self._others_said:
            return Result(q, "no_match", elsewhere=self._others_said[whole])
        aspect = self.lexicon.aspect(said)
        hint = self._class_of.get(matter)
        if len(set(said)) == 1 or (said.isascii() and said not in self._everything_said):
            return Result(q, "no_match")
        if self.lexicon.is_hollow(said):
            return self._about_nothing(q, aspect, hint, k)
        reading = self.parts.read(said)
        verdict = self._verdict(reading)
        topic = self._topic(reading, verdict, hint)
        lines = self._lines(reading, places, day, topic, aspect)
        known = verdict.ours >= self.limits.refuse_below
        line = self._winner(lines, reading, hint, topic, known)
        shelf, sure = self._shelf(verdict, lines)
        plain = known and verdict.right >= self.limits.answer_from and int(verdict.fused.argmax()) == verdict.best
        if shelf and sure >= self.limits.shelf_answer and not plain and not (line and line.about(matter)):
            compared = len(places) > 1 and shelf[0][1].kind == "rule"
            found = sorted(self._each_place(shelf), key=lambda hit: hit.region != region) if compared else [_hit(entry, sure) for _, entry in shelf]
            return Result(q, "answered", tuple(found[:k]), places=frozenset(places))
        if line or (known and (verdict.right >= self.limits.answer_from or (aspect and topic == hint))):
            return Result(q, "answered", self._ranked(line or self._told(topic, aspect), lines, verdict, topic, aspect, k))
        if shelf and (sure >= self.limits.shelf_ask or self._is_shelved(verdict, shelf[0][1])):
            return Result(q, "ask_back", tuple(_hit(entry, sure) for _, entry in shelf[:k]))
        if known:
            return Result(q, "ask_back", self._nearest_matters(verdict, k))
        return Result(q, "no_match", elsewhere=self._whose(verdict))

    @cached_property
    def _guides(self) -> list[Entry]:
        return guides(self.entries)

    @cached_property
    def _class_of(self) -> dict[int | None, int]:
        return {guide.matter: number for number, guide in enumerate(self._guides)}

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
        """How a region is called: 「南阳」 for 「南阳市」 too."""
        names = {entry.region for entry in self.entries if entry.kind == "rule" and entry.region}
        return {name.rstrip("省市县"): name for name in names}

    @cached_property
    def _by_aspect(self) -> dict[tuple[int | None, str], Entry]:
        """What a guide derives for each aspect; else a fact of that matter with the aspect."""
        facts = [entry for entry in self.entries if entry.kind == "fact" and entry.aspect]
        return {(matter, fact.aspect): fact for fact in sorted(facts, key=lambda fact: not fact.asks) for matter in (fact.matter, *fact.shared)}

    def _without_places(self, said: str) -> tuple[str, set[str]]:
        places = set()
        for word in self.lexicon.everywhere:
            if word in said:
                places.update(self._regions.values())
                said = said.replace(word, "")
        for short, name in self._regions.items():
            if short in said:
                places.add(name)
                said = re.sub(rf"({re.escape(normalise(name))}|{re.escape(short)})(的|里|那边|这边|那儿|这儿)?", "", said)
        return said, places

    def _same(self, said: str, places: set[str], matter: int | None, day: date) -> list[Entry]:
        same = [entry for entry in self._said.get(said, []) if _allowed(entry, places, day)]
        return [entry for entry in same if entry.about(matter)] or same

    def _exactly(self, q: str, same: Sequence[Entry], k: int, places: set[str]) -> Result:
        sure = len(same) == 1 or len({entry.matter for entry in same}) == 1
        return Result(q, "answered" if sure else "ask_back", tuple(_hit(entry, 1.0) for entry in same[:k]), places=frozenset(places))

    def _about_nothing(self, q: str, aspect: str | None, hint: int | None, k: int) -> Result:
        if aspect is None:
            return Result(q, "no_match")
        if hint is None:
            return Result(q, "ask_back")
        told = self._told(hint, aspect)
        return Result(q, "answered", tuple(_hit(entry, 1.0) for entry in dict.fromkeys((told, self._guides[hint])))[:k])

    def _verdict(self, reading: Reading) -> _Verdict:
        fused = reading.fused(self.limits.weight)
        facts = reading.evidence(self.limits.weight, self.parts.ours)
        return _Verdict(fused, int(fused[: self.parts.ours].argmax()), float(chance(self.limits.ours, facts)), float(chance(self.limits.right, facts)))

    def _topic(self, reading: Reading, verdict: _Verdict, hint: int | None) -> int:
        """The class that the query is about: the one under discussion, unless another is plainly named."""
        if hint is None or verdict.right < self.limits.answer_from:
            return verdict.best if hint is None else hint
        matter = self._guides[hint].matter
        close = self.parts.close_lines(reading, self.limits.line_weight)
        at_home = max((score for number, score in close.items() if self.entries[number].about(matter)), default=0.0)
        return hint if at_home >= max(self.limits.hinted_from, *close.values()) else verdict.best

    def _lines(self, reading: Reading, places: set[str], day: date, topic: int, aspect: str | None) -> list[tuple[float, Entry]]:
        """Facts, rules and hotline entries that may answer here, best first."""
        matter, found = self._guides[topic].matter, []
        for number, score in self.parts.close_lines(reading, self.limits.line_weight).items():
            entry = self.entries[number]
            if _allowed(entry, places, day):
                score += _HOME_FACT if entry.about(matter) else 0.0 if entry.matter is None else _FOREIGN_FACT
                score += _SAME_ASPECT if aspect and entry.aspect == aspect else 0.0
                found.append((min(max(score, 0.0), 1.0), entry))
        return sorted(found, key=lambda pair: -pair[0])

    def _shelf(self, verdict: _Verdict, lines: Sequence[tuple[float, Entry]]) -> tuple[list[tuple[float, Entry]], float]:
        """The lines that are about no matter, best first, and how sure it is that the first one answers."""
        found = [(score, entry) for score, entry in lines if entry.shelf]
        if not found:
            return [], 0.0
        return found, float(chance(self.limits.shelf, shelf_evidence(self.parts, self._shelves, verdict.fused, found)))

    def _is_shelved(self, verdict: _Verdict, first: Entry) -> bool:
        """Whether the query is nearer to the shelf of this line than to any matter, other business or other shelf."""
        return self.parts.shelved + self._shelves.index(first.shelf) == int(verdict.fused.argmax())

    @cached_property
    def _shelves(self) -> list[str]:
        return shelves(self.entries)

    def _winner(self, lines: Sequence[tuple[float, Entry]], reading: Reading, hint: int | None, topic: int, known: bool) -> Entry | None:
        """The best fact that fits well enough to be the answer, if there is one.

        A fact of the matter under discussion needs little. Any other must be nearer to what was said than the
        matter itself, and where nothing speaks for any matter, a likeness to a fact is chance.
        """
        discussed = self._guides[hint].matter if hint is not None and topic == hint else None
        own = self.parts.phrasings.close(reading.vector, reading.bag, 0.0).get(topic, 0.0)
        rows = self.parts.lines.close(reading.vector, reading.bag, 0.0) if lines else {}
        nearest = {self.entries[number].id: score for number, score in rows.items()}
        for score, entry in lines:
            if entry.kind != "fact":
                continue
            if entry.about(discussed):
                enough = score >= self.limits.hinted_from
            else:
                enough = known and score >= self.limits.fact_from and nearest.get(entry.id, 0.0) >= own
            if enough:
                return entry
        return None

    @staticmethod
    def _each_place(lines: Sequence[tuple[float, Entry]]) -> Iterable[Hit]:
        """The rule of each place that fits best."""
        best: dict[str | None, Hit] = {}
        for score, entry in lines:
            if entry.kind == "rule":
                best.setdefault(entry.region, _hit(entry, score))
        return best.values()

    def _told(self, topic: int, aspect: str | None) -> Entry:
        guide = self._guides[topic]
        return self._by_aspect.get((guide.matter, aspect), guide) if aspect else guide

    def _ranked(self, first: Entry, lines: Sequence[tuple[float, Entry]], verdict: _Verdict, topic: int, aspect: str | None, k: int) -> tuple[Hit, ...]:
        """The first, then the matter, then whatever else came close."""
        scores = {first.id: next((score for score, entry in lines if entry is first), verdict.right)}
        rest = [(verdict.right, self._told(topic, aspect)), (verdict.right, self._guides[topic]), *lines[:k]]
        rest += [(hit.score, hit) for hit in self._nearest_matters(verdict, k)[1:]]
        rest.sort(key=lambda pair: -pair[0])
        hits = [_hit(first, scores[first.id])]
        for score, entry in rest:
            if entry.id not in {hit.id for hit in hits}:
                hits.append(_hit(entry, min(score, hits[0].score)))
        return tuple(hits[:k])

    def _nearest_matters(self, verdict: _Verdict, k: int) -> tuple[Hit, ...]:
        order = np.argsort(-verdict.fused[: self.parts.ours])[:k]
        behind = np.exp(4 * (verdict.fused[order] - verdict.fused[order[0]]))
        return tuple(_hit(self._guides[number], verdict.right * float(share)) for number, share in zip(order, behind))

    def _whose(self, verdict: _Verdict) -> Elsewhere | None:
        """The other business that the query is about, if it is nearer than every matter."""
        others = verdict.fused[self.parts.ours : self.parts.shelved]
        return self.elsewhere[int(others.argmax())] if len(others) and others.max() > verdict.fused[verdict.best] else None


def _allowed(entry: Entry, places: set[str], day: date) -> bool:
    return (entry.kind != "rule" or entry.region in places) and in_force(entry, day)


def _hit(entry: Entry, score: float) -> Hit:
    told = {key: value for key, value in vars(entry).items() if key != "score"}
    return Hit(**told, score=round(min(max(score, 0.0), 1.0), 4))


def _differences(about: dict, entries: Sequence[Entry], lexicon: Lexicon, model: str | None) -> Iterable[str]:
    """Every way in which the index is not about the knowledge and model in use."""
    if about.get("format") != FORMAT:
        yield "索引的格式是旧的"
        return
    now = {entry.id: content_hash(entry) for entry in entries}
    then = about["entries"]
    changed = [id for id in now if id in then and now[id] != then[id]]
    for what, ids in (("新增", now.keys() - then.keys()), ("改动", changed), ("删去", then.keys() - now.keys())):
        if ids:
            yield f"{what}了 {len(ids)} 条（{'、'.join(sorted(ids)[:3])}{' 等' if len(ids) > 3 else ''}）"
    if list(now) != list(then) and now.keys() == then.keys():
        yield "条目的顺序变了"
    if lexicon.fingerprint != about["lexicon"]:
        yield "说法表 knowledge/lexicon.yml 改过"
    if model != about["model"]:
        yield f"设置的向量模型是 {model or '项目自己训练的'}，索引用的是 {about['model'] or '项目自己训练的'}"
