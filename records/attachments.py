"""Pictures that people sent of their papers: sealed, and deleted on time with the consultation."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records.models import AttachmentRow
from records.store import Store

MOST = 40  # pictures in one consultation


class TooMany(Exception):
    """The consultation holds as many pictures as it may."""


def keep(store: Store, db: Session, consultation: str, material: str | None, media_type: str, content: bytes, now: datetime) -> None:
    """Keeps a picture; of which material may be said later. Raises TooMany."""
    if db.scalar(select(func.count()).where(AttachmentRow.consultation == consultation)) >= MOST:
        raise TooMany
    db.add(AttachmentRow(consultation=consultation, material=material, media_type=media_type, sealed=store.seal_bytes(content), sent_at=now))


def name_next(db: Session, consultation: str, material: str) -> bool:
    """Says what the oldest picture without a name shows; False if all have theirs."""
    row = db.scalars(select(AttachmentRow).where(AttachmentRow.consultation == consultation, AttachmentRow.material.is_(None)).order_by(AttachmentRow.id)).first()
    if row:
        row.material = material
    return row is not None


def of(db: Session, consultation: str) -> list[AttachmentRow]:
    """The pictures of a consultation, oldest first; `Store.unseal_bytes` opens them."""
    return list(db.scalars(select(AttachmentRow).where(AttachmentRow.consultation == consultation).order_by(AttachmentRow.id)))
