"""The dialogue server's memory: where each talk stands, in the process only, never on a disk.

Which loop a talk is in and whether it waits for an answer is all that the rules need between two messages, so that is
all that is kept: no words of anybody, and a talk's two-hundredth turn is as quick as its fifth. It is forgotten an hour after
the person falls silent. Nothing is lost by that: the consultation lives in the application's database, and
`action_session_start` takes it up again.
"""

from typing import Any, Iterable, List, NamedTuple, Optional, Text

from cachetools import TTLCache
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MOST_TALKS = 20_000
SECONDS = 3600


class Place(NamedTuple):
    """Where a talk stands."""

    loop: Optional[Text]
    requested: Optional[Text]

    def events(self) -> List[Event]:
        """The shortest history that leads here."""
        loop = [ActiveLoop(self.loop)] if self.loop else []
        return [SessionStarted(), *loop, SlotSet(REQUESTED_SLOT, self.requested), ActionExecuted(ACTION_LISTEN_NAME)]


class PlaceStore(TrackerStore):
    """Keeps places instead of histories, and few of them: the oldest talks and the silent ones go first."""

    def __init__(self, domain: Domain, event_broker: Optional[Any] = None, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self.places: TTLCache = TTLCache(MOST_TALKS, SECONDS)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember where the talk stands; a talk that has not begun stands nowhere."""
        if tracker.events:
            self.places[tracker.sender_id] = Place(tracker.active_loop_name, tracker.get_slot(REQUESTED_SLOT))

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """The talk as if it had just come to where it stands."""
        place = self.places.get(sender_id)
        if place is None:
            return None
        tracker = self.init_tracker(sender_id)
        for event in place.events():
            tracker.update(event, self.domain)
        return tracker

    async def keys(self) -> Iterable[Text]:
        """The talks still remembered."""
        return list(self.places)
