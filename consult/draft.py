"""The draft application: a frozen copy of everything that was asked, answered, told and filled in.

Its shape is `draft.schema.json`, the only thing the consultation and the intake service share.
"""

from dataclasses import dataclass
from datetime import datetime

from consult.form import Form
from consult.notice import Notice
from consult.situation import Situation
from knowledge.condition import UNSURE

VERSION = "1"


@dataclass(frozen=True)
class Envelope:
    """What the draft carries about the conversation it came from."""

    reference: str
    consultation: str
    channel: str
    notice_number: str
    created_at: datetime


class Incomplete(Exception):
    """The form still has open fields; `labels` names them all."""

    def __init__(self, labels: list[str]):
        self.labels = labels
        super().__init__("表单还没有填完：" + "、".join(labels))


def make_draft(situation: Situation, notice: Notice, form: Form, envelope: Envelope) -> dict:
    """The draft as JSON data; raises Incomplete while a required field is open."""
    if form.pending:
        raise Incomplete([entry.field.label for entry in form.pending])
    guide, delivery, address = situation.guide, form.by_role("delivery"), form.by_role("address")
    return {
        "schema_version": VERSION,
        "reference": envelope.reference,
        "created_at": envelope.created_at.isoformat(timespec="seconds"),
        "region": guide.region,
        "hall": notice.places["hall"],
        "channel": envelope.channel,
        "consultation": envelope.consultation,
        "notice": envelope.notice_number,
        "guide": {"id": guide.id, "number": guide.number, "title": guide.title, "revision": guide.revision, "lead": guide.lead},
        "questions": [_question(question, situation) for question in situation.asked],
        "items": [
            {"id": item.id, "name": item.name, "department": item.department, "tier": item.tier, "state": state,
             "after": [name for name in item.after if any(other.id == name for other, _ in situation.lines("items"))], "joint": item.joint}
            for item, state in situation.lines("items")
        ],
        "unmet": list(notice.unmet),
        "materials": _materials(notice, form),
        "fields": [
            {"id": entry.field.id, "label": entry.field.label, "type": entry.field.type, "source": entry.source,
             "value": _value(entry)}
            for entry in form.entries if entry.field.role != "ready" and entry.shown
        ],
        "applicant": {"name": form.by_role("applicant").value, "mobile": form.by_role("phone").value},
        "delivery": {"id": delivery.value, "label": delivery.shown, "address": address.value if address else None},
    }


def _question(question, situation: Situation) -> dict:
    answer = situation.answers[question.id]
    label = next((option.label for option in question.options if option.value == answer.value), None)
    unsure = answer.value == UNSURE
    return {"id": question.id, "text": question.ask, "type": question.type, "unsure": unsure,
            "answer": None if unsure else answer.value, "label": "不清楚" if unsure else label}


def _value(entry) -> str | list[str]:
    return entry.shown if isinstance(entry.value, str) else entry.shown.split("、")


def _materials(notice: Notice, form: Form) -> list[dict]:
    """Every material with its status; what is missing is deferred or committed where the guide allows it."""
    missing = form.by_role("ready").value
    return [
        {"id": m.id, "name": m.name, "items": list(m.items), "original": m.original, "copies": m.copies, "electronic": m.electronic,
         "status": _status(m, m.id in missing or m.state == "maybe"), "note": "是否需要待确认" if m.state == "maybe" else m.note}
        for m in notice.materials
    ]


def _status(material, missing: bool) -> str:
    if material.waived:
        return "waived"
    return material.if_missing if missing else "have"
