"""The terms that a part of the search knows, each with its place among that part's numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Vocabulary:
    """Terms in the order of their places."""

    terms: Sequence[str]

    def __len__(self) -> int:
        return len(self.terms)

    def places(self, told: Iterable[str]) -> list[int]:
        """The places of those terms that are known."""
        known = self._known
        return [place for term in told if (place := known.get(term)) is not None]

    def __contains__(self, term: str) -> bool:
        return term in self._known

    @cached_property
    def _known(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}

    def save(self, path: Path) -> None:
        path.write_text("\n".join(self.terms), "utf-8")

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        return cls(path.read_text("utf-8").split("\n"))
