"""What applicants were last told of their drafts by the account that they follow."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from records.models import ConsultationRow, FollowerRow, NewsRow, NoticeRow, OutboxRow
from records.store import Store

OVER = "已办结"


@dataclass(frozen=True)
class Waiting:
    """A draft of a follower that is not through: its numbers, and the status that was last told."""

    reference: str
    number: str
    notice: str
    matter: str
    person: str
    openid: str
    told: str | None


def waiting(store: Store, db: Session) -> list[Waiting]:
    """The drafts whose applicants follow and have not been told that they are through."""
    open_ = or_(NewsRow.status.is_(None), NewsRow.status != OVER)
    rows = db.execute(
        select(OutboxRow, NoticeRow, FollowerRow, NewsRow.status)
        .join(ConsultationRow, ConsultationRow.code == OutboxRow.consultation)
        .join(NoticeRow, NoticeRow.number == ConsultationRow.notice)
        .join(FollowerRow, FollowerRow.person == OutboxRow.person)
        .outerjoin(NewsRow, NewsRow.reference == OutboxRow.reference)
        .where(OutboxRow.state == "sent", open_)
    )
    return [
        Waiting(draft.reference, draft.number, notice.number, notice.content["title"], follower.person, store.unseal(follower.sealed)["openid"], told)
        for draft, notice, follower, told in rows
    ]


def told(db: Session, draft: Waiting, status: str, now: datetime) -> None:
    """The applicant knows that status."""
    row = db.get(NewsRow, draft.reference) or NewsRow(reference=draft.reference, person=draft.person)
    row.status, row.told_at = status, now
    db.add(row)
