"""The dialogue server's memory: short, in the process only, never on a disk.

What people type may be personal, so it is forgotten an hour after they fall silent. Nothing is lost by
that: the consultation lives in the application's database, and `action_session_start` takes it up again.
"""

from typing import Any, Iterable, Optional, Text

from cachetools import TTLCache
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain

MOST_TALKS = 20_000
SECONDS = 3600


class ForgettingTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store, kept small: the oldest talks and the silent ones go first."""

    def __init__(self, domain: Domain, event_broker: Optional[Any] = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self.store = TTLCache(MOST_TALKS, SECONDS)

    async def keys(self) -> Iterable[Text]:
        """The talks still remembered."""
        return list(self.store)
