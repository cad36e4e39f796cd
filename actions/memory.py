"""One turn of one talk: what is remembered, and everything that follows from it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from actions.standing import Standing, standing
from consult.answer import Reading
from consult.form import Entry, Form, combine
from consult.notice import Notice
from consult.situation import Situation
from index.search import Index
from knowledge.catalogue import Catalogue
from knowledge.edition import Edition
from knowledge.schema import Guide, Question
from records import remarks
from records.editions import record, recorded
from records.store import Store
from records.talks import Consultation, Talk, keep, new_code, recall, remember, touch


URGENT = ("emergency", "despair", "abused")  # what must not be missed, even half heard


@dataclass(frozen=True)
class Books:
    """The knowledge and the index made from it; they change only together. `built` tells one building of the index from another."""

    knowledge: Catalogue
    index: Index
    built: int = 0
    _editions: dict[tuple[str, date], Edition] = field(default_factory=dict, repr=False)

    def edition(self, guide: Guide) -> Edition:
        """The edition of a guide of theirs."""
        name = guide.id, guide.effective
        if name not in self._editions:
            self._editions[name] = Edition.of(self.knowledge, guide)
        return self._editions[name]


@dataclass
class Kit:
    """What every turn works with; put together once, at the door.

    The books may be exchanged for newer ones while people talk; a turn ends with those it began with.
    `editions` is what consultations stand on, by fingerprint; editions of the past are added as they are met.
    """

    books: Books
    store: Store
    now: Callable[[], datetime]
    region: str
    prefix: str
    deliver: Callable[[], None]
    editions: dict[str, Edition] = field(default_factory=dict)

    @property
    def knowledge(self) -> Catalogue:
        """The knowledge of all days."""
        return self.books.knowledge

    @property
    def catalogue(self) -> Catalogue:
        """The knowledge as it is today."""
        return self.knowledge.on(self.now().date())

    @property
    def index(self) -> Index:
        """The index of the knowledge."""
        return self.books.index


@dataclass
class Turn:
    """A message, and the talk it belongs to. Notice, form and what is pending are derived, never stored.

    `intent` is what the conductor understood, `leaning` what it would have guessed.
    """

    kit: Kit
    db: Session
    talk: Talk
    text: str = ""
    intent: str = ""
    confidence: float = 1.0
    leaning: str = ""
    entities: dict[str, str] = field(default_factory=dict)
    _form: tuple[Standing, dict, Form] | None = None

    @property
    def consultation(self) -> Consultation | None:
        """The consultation the person is in, or None; a stopped one waits in the talk to be taken up again."""
        found = self.talk.consultation
        return found if found and found.stage != "stopped" else None

    def take(self, question: Question, reading: Reading) -> None:
        """Keeps an answer; what was filled in earlier for the same fact gives way to it."""
        self.consultation.answers[question.id] = {"value": reading.value, "said": reading.said}
        for use in self.guide.fields:
            if use.from_question == question.id:
                self.consultation.fields.pop(use.field, None)

    def fill(self, name: str, value: str | Sequence[str]) -> None:
        """Keeps the value of a form field."""
        self.consultation.fields[name] = value if isinstance(value, str) else list(value)
        self.consultation.focus = None

    def note(self, kind: str, reason: str = "", text: str | None = None) -> None:
        """Keeps what was said (just now, if no `text` is given) for people to look into: a question without an answer, a complaint, praise."""
        remark = remarks.Remark(kind, reason, text or self.text, self.consultation and self.consultation.code)
        remarks.keep(self.kit.store, self.db, remark, self.kit.now())

    @property
    def today(self) -> date:
        """Today, in the hall."""
        return self.kit.now().date()

    @property
    def known(self) -> Catalogue:
        """What the consultation stands on: the edition it began with, however the files changed since."""
        name, editions = self.consultation.edition, self.kit.editions
        if name is None:  # begun before editions were kept
            return self.kit.catalogue
        if name not in editions:
            editions[name] = Edition(recorded(self.db, name))
        return editions[name].on(self.today)

    @property
    def guide(self) -> Guide:
        """The guide of the consultation."""
        return self.known.by_id[self.consultation.guide]

    @property
    def standing(self) -> Standing:
        """What follows from the answers so far."""
        answers = tuple((name, answer["value"], answer["said"]) for name, answer in self.consultation.answers.items())
        return standing(self.known, self.consultation.guide, answers, self.today)

    @property
    def situation(self) -> Situation:
        """What the answers so far make of the guide."""
        return self.standing.situation

    @property
    def notice(self) -> Notice:
        """The notice of the situation as it is now."""
        return self.standing.notice

    @property
    def form(self) -> Form:
        """The combined form as it is filled now; made once for the same values."""
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in self.consultation.fields.items()}
        stands = self.standing
        if self._form is None or self._form[:2] != (stands, told):
            self._form = stands, told, combine(stands.situation, self.known.fields, told, stands.to_bring)
        return self._form[2]

    @property
    def pending(self) -> Question | Entry | None:
        """The question or form field that waits for an answer, or None."""
        if self.consultation is None:
            return None
        focus = self.consultation.focus
        if self.consultation.stage == "asking":
            again = [question for question in self.guide.questions if question.id == focus]
            return next(iter([*again, *self.situation.pending]), None)
        if self.consultation.stage == "filling":
            form = self.form
            again = [entry for entry in form.entries if entry.field.id == focus]
            return next(iter([*again, *form.pending]), None)
        return None


@contextmanager
def turn(kit: Kit, key: str, channel: str = "web", **message: object) -> Iterator[Turn]:
    """A turn of the talk under `key`; what it changes is remembered when it ends well, else nothing is."""
    with kit.store.begin() as db:
        current = Turn(replace(kit), db, recall(kit.store, db, key, channel), **message)
        before = repr(current.talk)
        yield current
        if repr(current.talk) != before:
            remember(kit.store, db, current.talk, kit.now())
        else:
            touch(db, key, kit.now())


@contextmanager
def glimpse(kit: Kit, key: str, channel: str, text: str) -> Iterator[Turn]:
    """The talk under `key` just to look at; nothing is remembered and nobody waits."""
    with kit.store.look() as db:
        yield Turn(replace(kit), db, recall(kit.store, db, key, channel), text)


def meet(kit: Kit, key: str, channel: str) -> None:
    """Remembers somebody new with the channel they came by, which the dialogue server does not tell."""
    with kit.store.begin() as db:
        talk = recall(kit.store, db, key, channel)
        if not talk.seen:
            remember(kit.store, db, talk, kit.now())


def begin(current: Turn, guide: Guide) -> None:
    """Starts a new consultation on a guide; an unfinished one stays in the records under its code, and what it shares is taken along."""
    answers, fields = _shared(current, guide)
    edition = current.kit.books.edition(guide)
    current.kit.editions.setdefault(edition.fingerprint, edition)
    record(current.db, edition.fingerprint, guide.id, guide.revision, edition.content, current.kit.now())
    current.talk.consultation = Consultation(
        new_code(current.db), guide.id, guide.revision, current.talk.channel, answers=answers, fields=fields, edition=edition.fingerprint,
    )
    keep(current.kit.store, current.db, current.talk.consultation, current.kit.now())
    current.talk.offer, current.talk.wish, current.talk.misreads, current.talk.carried = [], "", 0, {}
    current.talk.later = [number for number in current.talk.later if number != guide.number]


def _shared(current: Turn, guide: Guide) -> tuple[dict, dict]:
    """Answers to questions that the guide asks in the same words, and values of form fields that it has too."""
    before = current.consultation
    if before is None or before.stage == "handed_in":
        return {}, _those_of(guide, current.talk.carried)
    asked = {(question.id, question.ask) for question in current.guide.questions}
    answers = {q.id: before.answers[q.id] for q in guide.questions if (q.id, q.ask) in asked and q.id in before.answers}
    # What is still missing and how to get the results depend on the guide.
    own = {name for name, field in current.known.fields.items() if field.role in ("ready", "delivery")}
    return answers, _those_of(guide, {name: value for name, value in before.fields.items() if name not in own})


def _those_of(guide: Guide, values: dict) -> dict:
    """Those of the form values that the guide's form has too."""
    return {use.field: values[use.field] for use in guide.fields if use.field in values}
