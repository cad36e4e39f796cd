"""What people said that somebody should look into: questions without an answer, complaints, praise. Sealed, and deleted on time."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.models import RemarkRow
from records.store import Store

NUMBERS = re.compile(r"\d(?=\d{4})")  # of any long number only the last four digits stay: nobody needs more to understand a question


@dataclass(frozen=True)
class Remark:
    """`kind`: unanswered, complaint or praise. `reason` of an unanswered question: no_match, none_of_these, in_passing, misread."""

    kind: str
    reason: str
    text: str
    consultation: str | None


def keep(store: Store, db: Session, remark: Remark, now: datetime) -> None:
    """Writes a remark down."""
    sealed = store.seal({**asdict(remark), "text": NUMBERS.sub("*", remark.text)})
    db.add(RemarkRow(kind=remark.kind, sealed=sealed, said_at=now))


def kept(store: Store, db: Session) -> Iterator[tuple[datetime, Remark]]:
    """All remarks, oldest first."""
    for row in db.scalars(select(RemarkRow).order_by(RemarkRow.id)):
        yield row.said_at, Remark(**store.unseal(row.sealed))
