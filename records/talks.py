"""What is remembered of a person's talk, and of the consultation they are in."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, Table, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from records.models import ConsultationRow, TalkRow
from records.store import Store

# No letters or digits that look or sound alike at a counter; a digit at every third place keeps words away.
LETTERS, DIGITS = "ACDEFGHJKMNPRTWXY", "23456789"
# Every message reads and writes these two tables, so it is done below the mapper: a third of the time.
TALKS, CONSULTATIONS = TalkRow.__table__, ConsultationRow.__table__
_OF_TALK = [column.label(f"talk_{column.name}") for column in TALKS.columns]
_TALK = select(*_OF_TALK, CONSULTATIONS).join_from(TALKS, CONSULTATIONS, isouter=True).where(TALKS.c.key == bindparam("this"))
_CONSULTATION = select(CONSULTATIONS).where(CONSULTATIONS.c.code == bindparam("this"))
_WRITE_TALK = update(TALKS).where(TALKS.c.key == bindparam("this"))
_WRITE_CONSULTATION = update(CONSULTATIONS).where(CONSULTATIONS.c.code == bindparam("this"))
CODE = re.compile(rf"(?<![0-9A-Za-z])(?:[{LETTERS}]{{2}}[{DIGITS}]){{2}}(?![0-9A-Za-z])", re.IGNORECASE)


@dataclass
class Consultation:
    """One person's consultation on one matter, standing on the edition of the guide it began with.

    `answers` by question id: {"value", "said"}; `fields` by field id. `focus` is what is being asked
    again although it has an answer. `stage`: asking, told, filling, formed, checking, handed_in, stopped.
    """

    code: str
    guide: str
    revision: str
    channel: str
    stage: str = "asking"
    focus: str | None = None
    answers: dict[str, dict] = field(default_factory=dict)
    fields: dict[str, object] = field(default_factory=dict)
    notice: str | None = None
    reference: str | None = None
    edition: str | None = None


@dataclass
class Talk:
    """A person in a channel: the consultation they are in, and the thread of the talk.

    `offer` are the choices last offered ({label, value, payload}), `wish` the words that led to them;
    `about` and `asked` are the matter last spoken of and the aspect of it last asked for, for 「要多少钱」 and
    「那网吧呢」; `later` are matters that were wished for in the same breath, `carried` the form values that the
    next of them needs too; `misreads` counts misreadings in a row, `wrong_codes` codes that nobody has. `seen` changes with every turn.
    """

    key: str
    channel: str
    consultation: Consultation | None = None
    offer: list[dict] = field(default_factory=list)
    wish: str = ""
    misreads: int = 0
    about: int | None = None
    asked: str | None = None
    later: list[int] = field(default_factory=list)
    carried: dict[str, object] = field(default_factory=dict)
    wrong_codes: int = 0
    seen: str = ""


THREAD = ("offer", "wish", "about", "asked", "later", "carried", "wrong_codes")  # what of a talk is sealed as one


def talk_key(channel: str, session: str) -> str:
    """A stable key for a person in a channel that does not reveal who it is."""
    return hashlib.sha256(f"{channel}\0{session}".encode()).hexdigest()


def recall(store: Store, db: Session, key: str, channel: str = "web") -> Talk:
    """What is remembered under `key`; an empty talk for somebody new."""
    row = db.connection().execute(_TALK, {"this": key}).first()
    if row is None:
        return Talk(key, channel)
    return Talk(key, row.talk_channel, _consultation(store, row), misreads=row.talk_misreads, seen=row.talk_seen_at.isoformat(), **store.unseal(row.talk_sealed))


def remember(store: Store, db: Session, talk: Talk, now: datetime) -> None:
    """Writes the talk and its consultation back."""
    if talk.consultation:
        keep(store, db, talk.consultation, now)
    thread = store.seal({name: getattr(talk, name) for name in THREAD})
    code = talk.consultation.code if talk.consultation else None
    _put(db, _WRITE_TALK, TALKS, talk.key, {"channel": talk.channel, "consultation": code, "sealed": thread, "misreads": talk.misreads, "seen_at": now})


def touch(db: Session, key: str, now: datetime) -> None:
    """Somebody spoke, and nothing changed: kept from now on as long as anything else they said."""
    db.execute(update(TalkRow).where(TalkRow.key == key).values(seen_at=now))


def look_up(store: Store, db: Session, code: str) -> Consultation | None:
    """The consultation under a code, whoever began it and wherever; None if there is none, or it was deleted on time."""
    row = db.connection().execute(_CONSULTATION, {"this": code.upper()}).first()
    return row and _consultation(store, row)


def _consultation(store: Store, row: Row) -> Consultation | None:
    """The consultation of a row; none where it is forgotten, or in the row of a talk without one."""
    if row.stage in (None, "forgotten"):
        return None
    personal = store.unseal(row.sealed)
    return Consultation(
        row.code, row.guide, row.revision, row.channel, row.stage, row.focus,
        personal["answers"], personal["fields"], row.notice, row.reference, row.edition,
    )


def open_consultations(db: Session, guides: Iterable[str]) -> list[ConsultationRow]:
    """Consultations on these guides that are not finished."""
    over = ("handed_in", "forgotten")
    return list(db.scalars(select(ConsultationRow).where(ConsultationRow.guide.in_(guides), ConsultationRow.stage.not_in(over)).order_by(ConsultationRow.started_at)))


def new_code(db: Session) -> str:
    """A six-character code nobody has yet, easy to read aloud."""
    while True:
        code = "".join(secrets.choice(DIGITS if place % 3 == 2 else LETTERS) for place in range(6))
        if db.get(ConsultationRow, code) is None:
            return code


def keep(store: Store, db: Session, consultation: Consultation, now: datetime) -> None:
    """Writes a consultation down as it stands, so that notices and drafts may refer to it."""
    stands = {name: getattr(consultation, name) for name in ("guide", "revision", "edition", "channel", "stage", "focus", "notice", "reference")}
    sealed = store.seal({"answers": consultation.answers, "fields": consultation.fields})
    _put(db, _WRITE_CONSULTATION, CONSULTATIONS, consultation.code, {**stands, "sealed": sealed, "updated_at": now}, started_at=now)


def _put(db: Session, write: Update, table: Table, this: str, values: dict, **first: object) -> None:
    """Writes a row, or a new one with what only the `first` writing sets."""
    if not db.connection().execute(write, {**values, "this": this}).rowcount:
        db.connection().execute(insert(table), {**values, **first, table.primary_key.columns[0].name: this})


def forget_fields(store: Store, db: Session, code: str) -> None:
    """Drops what a person filled in once the intake service has it."""
    row = db.get(ConsultationRow, code)
    row.sealed = store.seal({**store.unseal(row.sealed), "fields": {}})
