"""Messages of a channel that posts the same one again until it is answered: each worked on once, each answered once, in the order they came.

States: taken (somebody works on it) → answered → telling (parts of the answer are still to be sent) → told; or failed,
when the other side does not take the answer just now. A dead worker's messages are taken over by another.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from records.models import MailRow, SignatureRow, WorkerRow
from records.store import Store

UNFINISHED = ("taken", "telling")  # what somebody has to go on with
OPEN = ("taken", "answered", "telling")  # what a later message of the same person waits for
TOLD = ("telling", "told", "failed")  # somebody has claimed the telling
MOST_POSTS = 3  # of one message, and within how long
POSTING = timedelta(seconds=30)
ALIVE = timedelta(seconds=15)  # how long a worker that says nothing more is believed to live


@dataclass(frozen=True)
class Letter:
    """A message as it stands.

    `content` is what came in, with `before`, where the talk stood, and `answer`, the parts of the answer. `passive`: whether
    the answer went out as the reply to a post; None while that is open, False when it has to be sent.
    """

    id: int
    person: str
    state: str
    posts: int
    passive: bool | None
    sent: int
    attempts: int
    content: dict

    @property
    def rest(self) -> list[dict]:
        """The parts of the answer that have not gone out."""
        return self.content.get("answer", [])[self.sent:]


class Replayed(Exception):
    """A signature that was good for one message came with another, or too often, or too late."""


def signed(db: Session, signature: str, key: str, now: datetime) -> None:
    """Counts a signature's use for a message; raises Replayed. A copy that the channel posts again may carry the same one."""
    row = db.get(SignatureRow, signature)
    if row is None:
        db.add(SignatureRow(signature=signature, key=key, uses=1, first_at=now))
        return
    row.uses += 1
    late = db.scalar(select(exists().where(SignatureRow.signature == signature, SignatureRow.first_at < now - POSTING)))
    if row.key != key or row.uses > MOST_POSTS or late:
        raise Replayed


def take(store: Store, db: Session, key: str, person: str, content: dict, worker: str, now: datetime) -> tuple[Letter, bool]:
    """Keeps a message, or counts that it was posted once more; says whether it is new, and so to be worked on by this worker."""
    row = MailRow(key=key, person=person, state="taken", worker=worker, sealed=store.seal(content), posts=1, sent=0, attempts=0, posted_at=now, next_at=now)
    try:
        with db.begin_nested():
            db.add(row)
        return _letter(store, row), True
    except IntegrityError:
        row = db.scalars(select(MailRow).where(MailRow.key == key).with_for_update()).one()
        row.posts, row.posted_at = row.posts + 1, now
        return _letter(store, row), False


def look(store: Store, db: Session, number: int) -> Letter:
    """A message as it stands now."""
    return _letter(store, db.get_one(MailRow, number, populate_existing=True))


def first_in_line(db: Session, letter: Letter) -> bool:
    """Whether no earlier message of the same person is still being worked on or told."""
    return not db.scalar(select(exists().where(MailRow.person == letter.person, MailRow.id < letter.id, MailRow.state.in_(OPEN))))


def worked(db: Session, letter: Letter) -> bool:
    """Whether every earlier message of the same person has its answer."""
    return not db.scalar(select(exists().where(MailRow.person == letter.person, MailRow.id < letter.id, MailRow.state == "taken")))


def write(store: Store, db: Session, letter: Letter, state: str, **content: object) -> None:
    """Adds to what is kept of a message, and says how it stands."""
    row = db.get_one(MailRow, letter.id)
    row.state, row.sealed = state, store.seal({**store.unseal(row.sealed), **content})


def tell(db: Session, letter: Letter, passive: bool) -> bool:
    """Claims the telling of an answer, as the reply to a post or by sending it; False when it is another's, or not yet its turn."""
    if not first_in_line(db, letter):
        return False
    more = len(letter.content["answer"]) > passive
    claim = update(MailRow).where(MailRow.id == letter.id, MailRow.state == ("answered" if passive else letter.state))
    told = {"state": "telling" if more else "told", "passive": passive if letter.passive is None else letter.passive, "sent": max(letter.sent, int(passive))}
    return bool(db.execute(claim.values(**told)).rowcount)


def give_up_waiting(db: Session, letter: Letter) -> None:
    """Nobody waits for the answer any more: it has to be sent."""
    db.execute(update(MailRow).where(MailRow.id == letter.id, MailRow.passive.is_(None)).values(passive=False))


def sent(db: Session, letter: Letter, count: int) -> None:
    """So many parts of the answer have gone out."""
    state = "told" if count >= len(letter.content["answer"]) else "telling"
    db.execute(update(MailRow).where(MailRow.id == letter.id).values(sent=count, state=state))


def failed(db: Session, letter: Letter, again: datetime) -> None:
    """The other side did not take a part; to be tried again from then on."""
    db.execute(update(MailRow).where(MailRow.id == letter.id).values(state="failed", attempts=letter.attempts + 1, next_at=again))


def left_over(store: Store, db: Session, person: str) -> list[dict]:
    """The parts of earlier answers that could not be sent, now to go out with the next answer."""
    rows = db.scalars(select(MailRow).where(MailRow.person == person, MailRow.state == "failed").order_by(MailRow.id)).all()
    parts = [part for row in rows for part in _letter(store, row).rest]
    for row in rows:
        row.state = "told"
    return parts


def alive(db: Session, worker: str, now: datetime) -> None:
    """The worker says that it lives."""
    if not db.execute(update(WorkerRow).where(WorkerRow.name == worker).values(alive_until=now + ALIVE)).rowcount:
        db.add(WorkerRow(name=worker, alive_until=now + ALIVE))


def gone(db: Session, worker: str) -> None:
    """The worker ends; what it had in hand is free."""
    db.execute(delete(WorkerRow).where(WorkerRow.name == worker))


def take_over(store: Store, db: Session, worker: str, posted_before: datetime, now: datetime) -> list[Letter]:
    """What a worker has to go on with: what dead ones had in hand, and its own that should be through by now."""
    living = select(WorkerRow.name).where(WorkerRow.alive_until >= now)
    orphaned = MailRow.state.in_((*OPEN, "failed")) & MailRow.worker.not_in(living)
    stuck = MailRow.state.in_(UNFINISHED) & (MailRow.worker == worker) & (MailRow.posted_at < posted_before)
    rows = db.scalars(select(MailRow).where(orphaned | stuck).order_by(MailRow.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.worker = worker
    return [_letter(store, row) for row in rows if row.state in UNFINISHED]


def overdue(store: Store, db: Session, worker: str, posted_before: datetime, now: datetime) -> list[Letter]:
    """This worker's answers that nobody came for any more, and those whose sending is to be tried again."""
    mine = MailRow.worker == worker
    waiting = or_(
        (MailRow.state == "answered") & ((MailRow.posted_at < posted_before) | MailRow.passive.is_(False)),
        (MailRow.state == "failed") & (MailRow.next_at <= now),
    )
    return [_letter(store, row) for row in db.scalars(select(MailRow).where(mine, waiting).order_by(MailRow.id))]


def clear(db: Session, before: datetime) -> None:
    """Forgets what was told, and what never could be, when no copy of it can come any more."""
    db.execute(delete(MailRow).where(MailRow.posted_at < before))
    db.execute(delete(SignatureRow).where(SignatureRow.first_at < before))
    db.execute(delete(WorkerRow).where(WorkerRow.alive_until < before))


def _letter(store: Store, row: MailRow) -> Letter:
    return Letter(row.id, row.person, row.state, row.posts, row.passive, row.sent, row.attempts, store.unseal(row.sealed))
