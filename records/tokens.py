"""Tokens of other people's interfaces, shared by all processes and renewed by one."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.models import TokenRow
from records.store import Store

EARLY = timedelta(minutes=5)  # a token is renewed so long before it ends

def valid(store: Store, db: Session, name: str, until: datetime) -> str | None:
    """The token of that name, if it is good until then."""
    row = db.scalars(select(TokenRow).where(TokenRow.name == name, TokenRow.expires_at > until)).first()
    return row and store.unseal(row.sealed)["token"]


def claim(store: Store, db: Session, name: str, bad: str | None, now: datetime, until: datetime) -> bool:
    """Whether the caller is to renew the token, before `until`: nobody else is at it, and what is kept is `bad` or will soon be."""
    if db.get(TokenRow, name) is None:
        db.add(TokenRow(name=name, sealed=store.seal({"token": ""}), expires_at=now, renewing_until=until))
        return True
    if valid(store, db, name, now + EARLY) not in (None, bad):
        return False
    return bool(db.execute(update(TokenRow).where(TokenRow.name == name, TokenRow.renewing_until <= now).values(renewing_until=until)).rowcount)


def keep(store: Store, db: Session, name: str, token: str, now: datetime, expires_at: datetime) -> None:
    """The new token, and until when it is good; who renewed it is through."""
    row = db.get_one(TokenRow, name)
    row.sealed, row.expires_at, row.renewing_until = store.seal({"token": token}), expires_at, now
