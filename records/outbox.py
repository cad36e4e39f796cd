"""Drafts on their way: kept before they are sent, and sent exactly once.

The reference is the idempotency key: however often a draft is sent, the intake service takes it once.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.models import OutboxRow
from records.store import Store


@dataclass(frozen=True)
class Posted:
    """Where a draft stands: its state, and the receipt number or the faults it came back with."""

    reference: str
    consultation: str
    state: str
    number: str | None
    faults: list


def post(store: Store, db: Session, reference: str, consultation: str, person: str, draft: dict, now: datetime) -> None:
    """Puts the draft of a person (the key of their talk) into the outbox; putting it there again changes nothing."""
    if db.get(OutboxRow, reference) is None:
        db.add(OutboxRow(reference=reference, consultation=consultation, person=person, sealed=store.seal(draft), state="waiting",
                         attempts=0, faults=[], created_at=now))


def waiting(store: Store, db: Session, most: int = 20) -> list[tuple[str, dict]]:
    """The oldest drafts not yet sent, as (reference, draft)."""
    rows = db.scalars(select(OutboxRow).where(OutboxRow.state == "waiting").order_by(OutboxRow.created_at).limit(most))
    return [(row.reference, store.unseal(row.sealed)) for row in rows]


def tried(db: Session, reference: str) -> None:
    """Counts an attempt that found nobody."""
    db.get(OutboxRow, reference).attempts += 1


def sent(db: Session, reference: str, number: str, received_at: str) -> None:
    """The intake service has the draft; the copy here is no longer needed and is emptied."""
    row = db.get(OutboxRow, reference)
    row.state, row.number, row.received_at, row.sealed, row.attempts = "sent", number, received_at, b"", row.attempts + 1


def refused(db: Session, reference: str, faults: list) -> None:
    """The intake service found faults; the person mends them and hands in again."""
    row = db.get(OutboxRow, reference)
    row.state, row.faults, row.sealed, row.attempts = "refused", faults, b"", row.attempts + 1


def look(db: Session, reference: str) -> Posted | None:
    """Where the draft of that reference stands, or None if there is none."""
    row = db.get(OutboxRow, reference)
    return row and Posted(row.reference, row.consultation, row.state, row.number, list(row.faults))
