"""Where a consultation stands: what the answers make of the guide, worked out once for everybody who gave the same ones."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from consult.notice import Notice, make_notice, to_bring
from consult.situation import Answer, Situation, assess
from knowledge.catalogue import Catalogue
from knowledge.schema import Option

MOST = 500  # consultations that go on at once in one process


@dataclass(frozen=True, eq=False)
class Standing:
    """Everything that follows from the answers alone, on one day."""

    known: Catalogue
    situation: Situation
    day: date

    @cached_property
    def notice(self) -> Notice:
        """The notice."""
        return make_notice(self.situation, self.known, self.day)

    @cached_property
    def to_bring(self) -> tuple[Option, ...]:
        """The materials to bring, for a form that is looked at every turn; the notice need not be made for it."""
        return to_bring(self.situation, self.known)


@lru_cache(MOST)
def standing(known: Catalogue, guide: str, answers: tuple[tuple[str, str, str], ...], day: date) -> Standing:
    """What `answers` (question, value, words) make of the guide in this edition of the knowledge. What goes into forms never comes here."""
    return Standing(known, assess(known.by_id[guide], {name: Answer(value, said) for name, value, said in answers}), day)
