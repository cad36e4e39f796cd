"""Editions of guides as consultations found them: kept once, never changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.models import EditionRow


def record(db: Session, fingerprint: str, guide: str, revision: str, content: dict, now: datetime) -> None:
    """Keeps an edition, unless it is kept already."""
    if db.scalar(select(EditionRow.guide).where(EditionRow.fingerprint == fingerprint)) is None:
        db.add(EditionRow(fingerprint=fingerprint, guide=guide, revision=revision, content=content, recorded_at=now))
        db.flush()


def recorded(db: Session, fingerprint: str) -> dict:
    """The content of an edition that was kept."""
    return db.get_one(EditionRow, fingerprint).content
