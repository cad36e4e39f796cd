"""What the intake service keeps: a draft as it was received, and what happened to it since."""

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The tables of the intake service."""


class Draft(Base):
    """A received draft. `content` is its canonical JSON, encrypted, since it names a person.

    Times are text with their offset, because SQLite has no zoned time and the receipt must be
    repeated letter by letter.
    """

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("day", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    day: Mapped[str] = mapped_column(String(8))
    sequence: Mapped[int]
    received_at: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    events: Mapped[list["Event"]] = relationship(order_by="Event.id")


class Event(Base):
    """Something that happened to a draft, or to one `item` of it. Rows are only ever added."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"), index=True)
    item: Mapped[str | None] = mapped_column(String(80))
    what: Mapped[str] = mapped_column(String(40))
    at: Mapped[str] = mapped_column(String(32))
