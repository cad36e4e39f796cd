"""Who follows the official account: known by a hash everywhere, and sealed for the one use of writing to them."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from records.mail import TOLD
from records.models import FollowerRow, MailRow, NewsRow, OutboxRow
from records.retention import forget
from records.store import Store
from records.talks import Talk


def keep(store: Store, db: Session, person: str, openid: str, now: datetime) -> None:
    """Remembers how to reach somebody."""
    if db.get(FollowerRow, person) is None:
        db.add(FollowerRow(person=person, sealed=store.seal({"openid": openid}), since=now))


def openid(store: Store, db: Session, person: str) -> str | None:
    """How to reach somebody, if they still follow."""
    row = db.get(FollowerRow, person)
    return row and store.unseal(row.sealed)["openid"]


def left(store: Store, db: Session, talk: Talk) -> None:
    """Somebody does not follow any more: who they are, what they wrote and what they had not handed in is forgotten."""
    for table in (FollowerRow, NewsRow):
        db.execute(delete(table).where(table.person == talk.key))
    db.execute(delete(MailRow).where(MailRow.person == talk.key, MailRow.state.in_(TOLD)))
    db.execute(update(OutboxRow).where(OutboxRow.person == talk.key).values(person=None))
    forget(store, db, talk)
