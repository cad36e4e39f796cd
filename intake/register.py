"""Taking drafts in and telling how far they are."""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intake.database import writing
from intake.faults import find_faults
from intake.models import Draft, Event
from intake.refusals import AlreadyTaken, Faulty, UnknownNumber

CHINA = ZoneInfo("Asia/Shanghai")
WORDS = {"received": "已收件"}  # what an event makes of the status
log = logging.getLogger("intake")


class WrongDataKey(Exception):
    """The data key does not open the drafts that are already in the database."""


@dataclass(frozen=True)
class Receipt:
    """收件回执: what a draft is answered with, today and whenever it is sent again."""

    number: str
    status: str
    received_at: str


@dataclass(frozen=True)
class ItemProgress:
    """How far one item is, and with whom."""

    id: str
    name: str
    department: str
    status: str


@dataclass(frozen=True)
class Progress:
    """How far a draft is, without anything about the person."""

    number: str
    reference: str
    status: str
    received_at: str
    matter: str
    items: tuple[ItemProgress, ...]


def receive(engine: Engine, cipher: Fernet, prefix: str, key: str, draft: object, now: datetime) -> Receipt:
    """Keep a draft, exactly once, and give its receipt.

    A draft that was accepted gets its receipt again even if the checks have become stricter since.
    Raises Faulty, or AlreadyTaken if the key belongs to a draft with other content.
    """
    faults, content = find_faults(draft, key), canonical(draft)
    with Session(writing(engine)) as session, session.begin():
        kept = session.scalar(select(Draft).where(Draft.reference == key))
        if kept and cipher.decrypt(kept.content) == content:
            return _receipt(kept)
        if faults:
            raise Faulty(faults)
        if kept:
            raise AlreadyTaken
        new = _number(session, prefix, now)
        new.reference, new.content = key, cipher.encrypt(content)
        new.events = [Event(what="received", at=new.received_at)]
        session.add(new)
        session.flush()
        receipt = _receipt(new)
    log.info("收到草稿 %s，收件编号 %s", key, receipt.number)
    return receipt


def track(engine: Engine, cipher: Fernet, number: str) -> Progress:
    """How far the draft with this receipt number is. Raises UnknownNumber."""
    with Session(engine) as session:
        kept = session.scalar(select(Draft).where(Draft.number == number.strip().upper()))
        if kept is None:
            raise UnknownNumber
        status = {event.item: WORDS[event.what] for event in kept.events}
        content = json.loads(cipher.decrypt(kept.content))
        return Progress(
            number=kept.number,
            reference=kept.reference,
            status=status[None],
            received_at=kept.received_at,
            matter=content["guide"]["title"],
            items=tuple(
                ItemProgress(item["id"], item["name"], item["department"], status.get(item["id"], _first_status(item)))
                for item in content["items"]
            ),
        )


def draft(engine: Engine, cipher: Fernet, number: str) -> dict:
    """The draft with this receipt number, as it was received. Raises UnknownNumber."""
    with Session(engine) as session:
        kept = session.scalar(select(Draft).where(Draft.number == number.strip().upper()))
    if kept is None:
        raise UnknownNumber
    return json.loads(cipher.decrypt(kept.content))


def check_key(engine: Engine, cipher: Fernet) -> None:
    """Raises WrongDataKey before the service opens, rather than at the first enquiry."""
    with Session(engine) as session:
        newest = session.scalar(select(Draft.content).order_by(Draft.id.desc()).limit(1))
    try:
        if newest is not None:
            cipher.decrypt(newest)
    except InvalidToken as error:
        raise WrongDataKey("data_key 打不开库里已有的草稿：请换回原来的口令，或者换一个新的数据库") from error


def canonical(draft: object) -> bytes:
    """The one way to write a draft down, so that equal content is equal bytes.

    Raises ValueError for what JSON or UTF-8 cannot hold (NaN, half a surrogate pair).
    """
    return json.dumps(draft, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def _number(session: Session, prefix: str, now: datetime) -> Draft:
    """A row with the day's next receipt number; the write lock keeps others from taking it too."""
    local = now.astimezone(CHINA)
    day = f"{local:%Y%m%d}"
    sequence = session.scalar(select(func.coalesce(func.max(Draft.sequence), 0) + 1).where(Draft.day == day))
    return Draft(
        number=f"{prefix}{day}-{sequence:04d}",
        day=day,
        sequence=sequence,
        received_at=local.isoformat(timespec="seconds"),
    )


def _first_status(item: dict) -> str:
    return "待分发" if item["joint"] else "另行办理"  # what the window cannot take is never handed on


def _receipt(kept: Draft) -> Receipt:
    return Receipt(kept.number, WORDS["received"], kept.received_at)
