"""What an action gives back: replies in the shape of the chat contract, and who speaks next."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    """One reply: `text` is always a complete reading of it, `data` what a page needs to draw it."""

    kind: str
    text: str
    data: dict | None = None


@dataclass(frozen=True)
class Outcome:
    """The result of an action.

    What comes next in the same turn follows from where the consultation then stands. `trouble` is why a value was
    refused, `canned` names a response of the domain, `then` is done once everything so far is kept.
    """

    replies: list[Reply] = field(default_factory=list)
    status: str | None = None
    trouble: str | None = None
    canned: str | None = None
    then: Callable | None = None


RESUME = "resume"


def choose(what: int | str) -> str:
    """The payload that turns to a matter by its number, to a consultation by its code, or back to the one that was stopped."""
    return f'/choose{{"matter": "{what}"}}'


@dataclass(frozen=True)
class Choice:
    """An option on offer: what the person sees, what a client sends, and the intent it stands for."""

    label: str
    value: str
    payload: str

    def as_row(self) -> dict:
        """The choice as remembered until it is taken."""
        return {"label": self.label, "value": self.value, "payload": self.payload}
