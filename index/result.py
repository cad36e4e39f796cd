"""What goes into a search and what comes out of it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from knowledge.entries import Entry
from knowledge.schema import Elsewhere

ALMOST = 0.999  # only the very words of a phrasing score 1


@dataclass(frozen=True)
class Query:
    """A text as it is understood before anything is looked up: what is left without the places, and where, when, about what."""

    q: str
    said: str
    places: frozenset[str]
    region: str
    matter: int | None
    day: date
    aspect: str | None
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit(Entry):
    """An entry that was found, with its score between 0 and 1."""

    score: float = 0.0


@dataclass(frozen=True)
class Result:
    """The answer to one query. With `no_match`, `elsewhere` says whose business it is, if that is known.

    `also` are further aspects of the same matter that were asked in the same breath.
    """

    q: str
    status: Literal["answered", "ask_back", "no_match"]
    hits: tuple[Hit, ...] = ()
    elsewhere: Elsewhere | None = None
    places: frozenset[str] = frozenset()
    also: tuple[Hit, ...] = ()

    @property
    def told(self) -> tuple[Hit, ...]:
        """What answers: the first hit and what was asked with it; where places were named together, the rule of each of them."""
        if len(self.places) < 2 or self.hits[0].kind != "rule":
            return self.hits[:1] + self.also
        return tuple({hit.region: hit for hit in reversed(self.hits) if hit.kind == "rule"}.values())[::-1]

    def line(self) -> dict:
        """The result as contracts/search-line.schema.json has it."""
        kept = ("id", "kind", "matter", "aspect", "title", "text", "score", "sources")
        return {"q": self.q, "status": self.status, "hits": [{key: asdict(hit)[key] for key in kept} for hit in self.hits]}


def hit(entry: Entry, score: float) -> Hit:
    """The entry as found; a score of 1 is kept for the very words."""
    told = {key: value for key, value in vars(entry).items() if key != "score"}
    return Hit(**told, score=score if score == 1.0 else round(min(max(score, 0.0), ALMOST), 4))
