"""Deleting on time: what people said and filled in is forgotten some days after they last said anything.

Notices stay: they carry no name, number or address, and must be replayable months later.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from records.models import AttachmentRow, ConsultationRow, RemarkRow, TalkRow
from records.store import Store
from records.talks import Talk


def purge(store: Store, db: Session, before: datetime) -> int:
    """Forgets remarks, talks and consultations last touched before then; returns how many consultations it emptied."""
    for talk in db.scalars(select(TalkRow).where(TalkRow.seen_at < before)):
        db.delete(talk)
    db.execute(delete(RemarkRow).where(RemarkRow.said_at < before))
    db.execute(delete(AttachmentRow).where(AttachmentRow.sent_at < before))
    empty = store.seal({"answers": {}, "fields": {}})
    old = db.scalars(select(ConsultationRow).where(ConsultationRow.updated_at < before, ConsultationRow.stage != "forgotten")).all()
    for row in old:
        row.sealed, row.stage = empty, "forgotten"
    return len(old)


def forget(store: Store, db: Session, talk: Talk) -> None:
    """Forgets a talk, and its consultation unless that was handed in: then the hall has it, and its owner may still ask."""
    db.execute(delete(TalkRow).where(TalkRow.key == talk.key))
    if talk.consultation and talk.consultation.stage != "handed_in":
        row = db.get_one(ConsultationRow, talk.consultation.code)
        row.sealed, row.stage = store.seal({"answers": {}, "fields": {}}), "forgotten"
        db.execute(delete(AttachmentRow).where(AttachmentRow.consultation == row.code))
