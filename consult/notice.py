"""一次告知: everything a person must know about their situation, in one pass.

The notice is data; how it is worded for a chat, a page or paper is the channels' business.
What no source gives is passed on as such (`level` 待核验) and never filled in.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from consult import timeline
from consult.situation import Situation, State
from knowledge.catalogue import Catalogue
from knowledge.condition import UNSURE
from knowledge.schema import Item, Limit, MaterialUse, Option, Sourced

BLANK = "以大厅公布为准"


@dataclass(frozen=True)
class Cited:
    """A sentence with its level and citations."""

    text: str
    level: str
    basis: tuple[str, ...]
    state: str = "needed"
    otherwise: str | None = None


@dataclass(frozen=True)
class NoticeItem:
    """A joint item as told: what, by whom, when it is needed, how long, how much, what comes out."""

    id: str
    name: str
    department: str
    tier: str
    state: State
    after: tuple[str, ...]
    joint: bool
    where: str | None
    statutory: str
    promised: str
    fee: Cited
    result: str
    note: str | None
    level: str
    basis: tuple[str, ...]


@dataclass(frozen=True)
class NoticeMaterial:
    """A material as told, merged over all items that need it and counted once."""

    id: str
    name: str
    state: State
    original: int
    copies: int
    electronic: bool
    items: tuple[str, ...]
    waived: str | None
    deferrable: bool
    commitment: bool
    origin: str
    review: tuple[str, ...]
    sample: str | None
    note: str | None
    level: str
    basis: tuple[str, ...]

    @property
    def must_be_brought(self) -> bool:
        """Whether it is surely needed and not waived."""
        return not self.waived and self.state == "needed"

    @property
    def if_missing(self) -> Literal["deferred", "committed", "missing"]:
        """What becomes of it when it is not there yet."""
        return "deferred" if self.deferrable else "committed" if self.commitment else "missing"


@dataclass(frozen=True)
class Notice:
    """一次告知单 without its number, which the records give when it is issued.

    `verdict`: ok, unsure (something is to be cleared up), unmet (a condition is not met), or done
    (by these answers nothing is left to be handled).
    """

    matter: int
    title: str
    guide: str
    revision: str
    region: str
    date: str
    lead: str
    audience: str
    verdict: str
    answers: tuple[dict, ...]
    conditions: tuple[Cited, ...]
    unmet: tuple[dict, ...]
    items: tuple[NoticeItem, ...]
    materials: tuple[NoticeMaterial, ...]
    papers: dict
    deferral: tuple[Cited, ...]
    commitment: tuple[Cited, ...]
    steps: tuple[Cited, ...]
    timeline: dict
    places: dict
    delivery: tuple[str, ...]
    notes: tuple[Cited, ...]
    mistakes: tuple[Cited, ...]
    confirm: tuple[dict, ...]
    basis: tuple[str, ...]

    def as_data(self) -> dict:
        """The notice as plain JSON data."""
        return asdict(self)

    @property
    def to_bring(self) -> tuple[Option, ...]:
        """The materials the person must bring, as options of the field that asks what is missing."""
        return _to_bring(self.materials)


def to_bring(situation: Situation, catalogue: Catalogue) -> tuple[Option, ...]:
    """The same without the rest of the notice, for a form that is looked at every turn."""
    return _to_bring(_materials(situation, catalogue))


def _to_bring(materials: Iterable[NoticeMaterial]) -> tuple[Option, ...]:
    return tuple(Option.model_construct(value=m.id, label=m.name) for m in materials if m.must_be_brought)


def make_notice(situation: Situation, catalogue: Catalogue, today: date) -> Notice:
    """Everything about one situation; a pure function of the guide, the answers and the day."""
    guide, region = situation.guide, catalogue.regions[situation.guide.region]
    items = tuple(_item(item, state, situation, catalogue) for item, state in situation.lines("items"))
    materials = _materials(situation, catalogue)
    unmet = tuple({"text": line.text, "otherwise": line.otherwise} for line in situation.unmet)
    conditions = tuple(_condition(line, state, situation, catalogue) for line, state in situation.lines("conditions"))
    lines = {name: tuple(_cited(line, catalogue, state) for line, state in situation.lines(name)) for name in ("steps", "notes", "mistakes")}
    used = [line for section in ("conditions", "items", "materials", "steps", "notes") for line, _ in situation.lines(section)]
    return Notice(
        matter=guide.number, title=guide.title, guide=guide.id, revision=guide.revision, region=guide.region,
        date=today.isoformat(), lead=guide.lead, audience=guide.audience,
        verdict="unmet" if unmet else "done" if not items else "unsure" if situation.unsure else "ok",
        answers=tuple(_answer(question, situation) for question in situation.asked),
        conditions=conditions, unmet=unmet, items=items, materials=materials, papers=_papers(situation, materials),
        deferral=tuple(_cited(line, catalogue) for line in region.deferral if any(m.deferrable and not m.waived for m in materials)),
        commitment=tuple(_cited(line, catalogue) for line in region.commitment if any(m.commitment and not m.waived for m in materials)),
        **lines, timeline=timeline.plan(situation, region, today),
        places={"hall": region.hall, "address": region.address or BLANK, "hours": region.hours or BLANK, "phone": region.phone or BLANK,
                "hotline": region.hotline, "online": region.online, "complaint": region.complaint},
        delivery=tuple(option.label for field in catalogue.fields.values() if field.role == "delivery"
                       for option in field.options if option.value in guide.delivery),
        confirm=tuple({"question": question.ask, "how": question.unsure} for question in situation.unsure),
        basis=catalogue.cite(basis for line in [*used, *(item.fee for item, _ in situation.lines("items"))] for basis in line.basis),
    )


def _condition(line, state: State, situation: Situation, catalogue: Catalogue) -> Cited:
    met = situation.met(line)
    verdict = "maybe" if state == "maybe" or met is None else "unmet" if met is False else "met" if line.requires else "told"
    return _cited(line, catalogue, verdict, line.otherwise if verdict in ("unmet", "maybe") else None)


def _cited(line: Sourced, catalogue: Catalogue, state: str = "needed", otherwise: str | None = None) -> Cited:
    return Cited(line.text, catalogue.level(line), catalogue.cite(line.basis), state, otherwise)


def _answer(question, situation: Situation) -> dict:
    answer = situation.answers[question.id]
    label = next((option.label for option in question.options if option.value == answer.value), "不清楚")
    said = f"（{answer.said}）" if question.type == "number" and answer.said and answer.said != label and answer.value != UNSURE else ""
    return {"id": question.id, "topic": question.topic, "question": question.ask, "answer": label + said}


def _limit(limit: Limit | None) -> str:
    return limit.words if limit else BLANK


def _item(item: Item, state: State, situation: Situation, catalogue: Catalogue) -> NoticeItem:
    names = {other.id: other.name for other, _ in situation.lines("items")}
    return NoticeItem(
        id=item.id, name=item.name, department=item.department, tier=item.tier, state=state,
        after=tuple(names[name] for name in item.after if name in names), joint=item.joint, where=item.where,
        statutory=_limit(item.statutory), promised=_limit(item.promised), fee=_cited(item.fee, catalogue),
        result=item.result, note=item.note, level=catalogue.level(item), basis=catalogue.cite(item.basis),
    )


def _materials(situation: Situation, catalogue: Catalogue) -> tuple[NoticeMaterial, ...]:
    """Materials in the order of their first use, each merged over the items that need it."""
    items = {item.id: (item.name, state) for item, state in situation.lines("items")}
    uses: dict[str, list[tuple[MaterialUse, State]]] = {}
    for use, state in situation.lines("materials"):
        states = [items[name][1] for name in use.items if name in items]
        if states:
            certain = state == "needed" and "needed" in states
            uses.setdefault(use.material, []).append((use, "needed" if certain else "maybe"))
    return tuple(_merged(name, found, items, catalogue) for name, found in uses.items())


def _merged(name: str, found: list[tuple[MaterialUse, State]], items: dict, catalogue: Catalogue) -> NoticeMaterial:
    """One material: submitted once, so the largest count serves all; waived only if every item waives it."""
    material = catalogue.materials[name]
    uses = [use for use, _ in found]
    levels = [catalogue.level(use) for use in uses]
    return NoticeMaterial(
        id=name, name=material.name, state="needed" if any(state == "needed" for _, state in found) else "maybe",
        original=max(use.original for use in uses), copies=max(use.copies for use in uses), electronic=any(use.electronic for use in uses),
        items=tuple(dict.fromkeys(items[item][0] for use in uses for item in use.items if item in items)),
        waived="；".join(dict.fromkeys(use.waived for use in uses)) if all(use.waived for use in uses) else None,
        deferrable=all(use.deferrable for use in uses), commitment=all(use.commitment for use in uses),
        origin=material.origin, review=material.review, sample=material.sample,
        note=" ".join(dict.fromkeys(use.note for use in uses if use.note)) or None,
        level="待核验" if "待核验" in levels else levels[0], basis=catalogue.cite(basis for use in uses for basis in use.basis),
    )


def _papers(situation: Situation, materials: tuple[NoticeMaterial, ...]) -> dict:
    """How many papers the departments would ask for one by one, and how many are left after merging."""
    items = {item.id for item, state in situation.lines("items") if state == "needed"}
    before = {(use.material, item) for use, state in situation.lines("materials") if state == "needed" for item in use.items if item in items}
    return {"before": len(before), "after": sum(material.must_be_brought for material in materials)}
