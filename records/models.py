"""The tables: who is talking, their consultations, the notices told, the drafts on their way."""

from datetime import datetime

from sqlalchemy import JSON, DateTime, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class TalkRow(Base):
    """One person in one channel; the key is a hash, so that no outside identity is stored."""

    __tablename__ = "talks"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    consultation: Mapped[str | None] = mapped_column(ForeignKey("consultations.code"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    misreads: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class EditionRow(Base):
    """A guide with all it rested on, as consultations found it. Never changed."""

    __tablename__ = "editions"

    fingerprint: Mapped[str] = mapped_column(String(16), primary_key=True)
    guide: Mapped[str] = mapped_column(String(64), index=True)
    revision: Mapped[str] = mapped_column(String(32))
    content: Mapped[dict] = mapped_column(JSON)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ConsultationRow(Base):
    """One person, one matter. Answers and form values are sealed; everything else is derived from them."""

    __tablename__ = "consultations"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    guide: Mapped[str] = mapped_column(String(64))
    revision: Mapped[str] = mapped_column(String(32))
    edition: Mapped[str | None] = mapped_column(ForeignKey("editions.fingerprint"))
    channel: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(16))
    focus: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    notice: Mapped[str | None] = mapped_column(String(32))
    reference: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class NoticeRow(Base):
    """A 一次告知单 exactly as it was told: its data and its words. Never changed."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    consultation: Mapped[str] = mapped_column(ForeignKey("consultations.code"), index=True)
    content: Mapped[dict] = mapped_column(JSON)
    told: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RemarkRow(Base):
    """Something said that somebody should look into; what was said is sealed."""

    __tablename__ = "remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class OutboxRow(Base):
    """A draft on its way to the intake service: waiting, sent, or refused."""

    __tablename__ = "outbox"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    consultation: Mapped[str] = mapped_column(ForeignKey("consultations.code"), index=True)
    person: Mapped[str | None] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempts: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(40))
    faults: Mapped[list] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[str | None] = mapped_column(String(40))


class MailRow(Base):
    """A message of a channel that posts the same one again until it is answered, and what it was answered with."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    worker: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    posts: Mapped[int]
    passive: Mapped[bool | None]
    sent: Mapped[int]
    attempts: Mapped[int]
    posted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    next_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class SignatureRow(Base):
    """A signature that came with a message, and how often; it is good for that one message only."""

    __tablename__ = "signatures"

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    uses: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class WorkerRow(Base):
    """A process that works on mail, and until when it surely lives."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    alive_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class FollowerRow(Base):
    """Somebody who follows the official account; who it is, is sealed."""

    __tablename__ = "followers"

    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class TokenRow(Base):
    """A token of somebody else's interface, shared by all processes; one of them renews it."""

    __tablename__ = "tokens"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    renewing_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AttachmentRow(Base):
    """A picture sent in a consultation, and the material it shows as far as the person said."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation: Mapped[str] = mapped_column(ForeignKey("consultations.code"), index=True)
    material: Mapped[str | None] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class NewsRow(Base):
    """The news of a draft that its applicant was last sent."""

    __tablename__ = "told_news"

    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    person: Mapped[str] = mapped_column(String(64), index=True)
    status: Mapped[str] = mapped_column(String(32))
    told_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
