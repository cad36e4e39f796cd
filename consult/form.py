"""The combined form (一张表单): every fact once, filled from the situation where it is already known."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from consult.situation import Situation
from knowledge.condition import UNSURE
from knowledge.schema import FieldUse, FormField, Guide, Option

Value = str | tuple[str, ...]
YES_NO = (Option(value="yes", label="是"), Option(value="no", label="否"))


_LAST = ("delivery", "ready")


@dataclass(frozen=True)
class Entry:
    """A line of the form: its field, the options the situation allows, and the value if it has one."""

    field: FormField
    options: tuple[Option, ...]
    optional: bool
    value: Value | None
    source: Literal["told", "prefilled", "fixed", "open"]

    @property
    def shown(self) -> str:
        """The value in words, unmasked; empty for a field left open."""
        if self.value is None:
            return ""
        labels = {option.value: option.label for option in self.options}
        values = (self.value,) if isinstance(self.value, str) else self.value
        return "、".join(labels.get(value, value) for value in values) or ("无" if self.field.type == "list" else "")

    @property
    def masked(self) -> str:
        """The value as a screen may show it."""
        return mask(self.shown, self.field.type) if self.field.sensitive and self.shown else self.shown


@dataclass(frozen=True)
class Form:
    """All entries in order. `pending` are those still to be asked."""

    entries: tuple[Entry, ...]

    @property
    def pending(self) -> tuple[Entry, ...]:
        """Entries without a value; an optional one counts until it is skipped."""
        return tuple(entry for entry in self.entries if entry.value is None)

    def by_role(self, role: str) -> Entry | None:
        """The entry that plays a part the programme must recognise."""
        return next((entry for entry in self.entries if entry.field.role == role), None)


def combine(situation: Situation, fields: Mapping[str, FormField], told: Mapping[str, Value], to_bring: tuple[Option, ...]) -> Form:
    """The form of a situation with the values `told` so far (by field id).

    `to_bring` are the materials the person must bring; they are the options of the field that asks what is missing.
    What a person told wins over what the situation prefills. A field that several modules use is asked once;
    how to get the results and what is still missing are asked last.
    """
    uses: dict[str, tuple[FieldUse, bool]] = {}
    for use, state in situation.lines("fields"):
        if use.field not in uses or uses[use.field][1]:
            uses[use.field] = use, state == "maybe"
    entries: list[Entry] = []
    for name, (use, maybe) in sorted(uses.items(), key=lambda pair: _LAST.index(fields[pair[0]].role) if fields[pair[0]].role in _LAST else -1):
        entry = _entry(use, fields[name], situation, told, to_bring, maybe)
        entries += [entry, *_followers(entry, fields, situation, told)]
    return Form(tuple(entries))


def mask(value: str, kind: str) -> str:
    """「4114**********1234」「138****1234」「张*」: enough to recognise, too little to misuse."""
    match kind:
        case "resident_id" | "uscc":
            return value[:4] + "*" * max(len(value) - 8, 4) + value[-4:]
        case "mobile":
            return value[:3] + "****" + value[-4:]
        case "name":
            return value[:1] + "*" * (len(value) - 1)
        case _:
            return value[:6] + "****" if len(value) > 6 else value[:1] + "****"


def _entry(use: FieldUse, field: FormField, situation: Situation, told, to_bring, maybe: bool) -> Entry:
    options = _options(field, situation.guide, to_bring)
    optional = maybe or (field.optional if use.optional is None else use.optional)
    if optional != field.optional:  # whoever reads a value for the field has to know
        field = field.model_copy(update={"optional": optional})
    if field.id in told:
        return Entry(field, options, optional, told[field.id], "told")
    if field.role == "ready" and not to_bring:
        return Entry(field, options, optional, (), "fixed")
    if use.value is not None:
        return Entry(field, options, optional, use.value, "fixed")
    answer = situation.answers.get(use.from_question) if use.from_question else None
    applies = answer and answer.value != UNSURE and situation.applies.get(use.from_question) is not False
    if applies and (value := _answered(answer, use, situation.guide, options)) is not None:
        return Entry(field, options, optional, value, "prefilled")
    return Entry(field, options, optional, None, "open")


def _followers(entry: Entry, fields: Mapping[str, FormField], situation: Situation, told) -> list[Entry]:
    """Fields that are asked only because of this entry's value, such as where to post the results."""
    wanted = [field for field in fields.values() if entry.field.id in field.follows and field.follows[entry.field.id] == entry.value]
    return [_entry(FieldUse(field=field.id), field, situation, told, (), False) for field in wanted]


def _options(field: FormField, guide: Guide, to_bring: tuple[Option, ...]) -> tuple[Option, ...]:
    if field.role == "ready":
        return to_bring
    if field.role == "delivery":
        return tuple(option for option in field.options if option.value in guide.delivery)
    return YES_NO if field.type == "yes_no" else field.options


def _answered(answer, use: FieldUse, guide: Guide, options: tuple[Option, ...]) -> str | None:
    """A situation answer as a form value: the option of that value, the number said, or the answer's label.

    Somebody who only named a band (「60平方米以内」) has not told the number: None.
    """
    if any(option.value == answer.value for option in options):
        return answer.value
    question = next(question for question in guide.questions if question.id == use.from_question)
    if question.type == "number":
        figure = re.fullmatch(rf"([\d.]+){re.escape(question.unit)}", answer.said)
        return figure and figure[1]
    return next(option.label for option in question.options if option.value == answer.value)
