"""Which record of a new list was which record of the old one: by id, else the same, else the most alike."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

ALIKE = 0.5  # how much of the words two records must share to be one record, changed


def paired(old: Sequence, new: Sequence) -> list[int | None]:
    """For every record of `new` the place in `old` of the one it comes from, or None where it is new."""
    free = list(range(len(old)))
    found: list[int | None] = [None] * len(new)
    for fits in (_same, _most_alike):
        for place, record in enumerate(new):
            if found[place] is None and (origin := fits(record, [(n, old[n]) for n in free])) is not None:
                found[place] = origin
                free.remove(origin)
    return found


def name_of(record: object) -> str | None:
    """The id of a record or of what it uses: only records of one name can be the same record."""
    if isinstance(record, Mapping):
        return next((record[key] for key in ("id", "value", "material", "field") if record.get(key)), None)
    return None


def _same(record: object, candidates: list[tuple[int, object]]) -> int | None:
    own = isinstance(record, Mapping) and record.get("id")
    return next((place for place, other in candidates if other == record or own and isinstance(other, Mapping) and other.get("id") == own), None)


def _most_alike(record: object, candidates: list[tuple[int, object]]) -> int | None:
    if not isinstance(record, Mapping) or record.get("id"):
        return None
    name = name_of(record)
    likely = [(SequenceMatcher(None, _words(other), _words(record)).ratio(), -place) for place, other in candidates if name_of(other) == name]
    best, place = max(likely, default=(0, 0))
    return -place if best >= ALIKE or (likely and name) else None


def _words(record: Mapping) -> str:
    return "\n".join(str(value) for value in record.values() if value)
