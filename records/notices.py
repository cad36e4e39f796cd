"""Notices as they were told: numbered, dated, never changed, replayable word for word."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.models import NoticeRow


def issue(db: Session, consultation: str, prefix: str, content: dict, told, now: datetime) -> NoticeRow:
    """Numbers and keeps a notice; the same content told again keeps its number.

    `told(number)` words the notice, so that what is kept is exactly what the person reads.
    """
    last = db.scalars(select(NoticeRow).where(NoticeRow.consultation == consultation).order_by(NoticeRow.id.desc())).first()
    if last and last.content == content:
        return last
    row = NoticeRow(consultation=consultation, content=content, told="", issued_at=now)
    db.add(row)
    db.flush()
    row.number = f"{prefix}GZ{now:%Y%m%d}-{row.id:04d}"
    row.told = told(row.number)
    return row


def replay(db: Session, number: str) -> NoticeRow | None:
    """The notice of that number exactly as it was told, or None."""
    return db.scalars(select(NoticeRow).where(NoticeRow.number == number)).first()
