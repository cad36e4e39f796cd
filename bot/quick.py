"""Where stock Rasa 3.6 spends a turn, and what is done there instead. The same answers, sooner; nothing is forked.

The form of every answer of an action was checked with a schema that was itself checked anew each time; classes were
looked up, the same graph planned and a connection opened for every action (docs/adr/0012, with what it gained). `mend()` is called once, before Rasa starts.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any, Dict, List, Optional, Set, Text

import aiohttp
from cachetools import LRUCache
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.nlu.classifiers.regex_message_handler import RegexMessageHandler
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.endpoints import DEFAULT_REQUEST_TIMEOUT, EndpointConfig

_understand = MessageProcessor._parse_message_with_graph
_fitting_rules = RulePolicy._get_possible_keys
_MOST_STATES = 5_000
_IDLE = 3.0  # seconds; the application hangs up after five, and a call must not meet it hanging up


def mend() -> None:
    """Put the quicker ways in place of the slow ones."""
    RemoteAction._validate_action_result = _valid
    MessageProcessor._parse_message_with_graph = _parse
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    DaskGraphRunner.run = _run
    RulePolicy._get_possible_keys = _possible_rules
    EndpointConfig.session = _session


def _valid(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    """Check the outline of an action's answer; what kind of event each is, is checked when it is made one."""
    if not all(isinstance(result.get(part, []), list) and all(isinstance(row, dict) for row in result.get(part, [])) for part in ("events", "responses")):
        raise RasaException(f"The action server's answer to {self.name()} is no lists of events and responses.")
    return True


def _parse(self: MessageProcessor, message: UserMessage, tracker: DialogueStateTracker, only_output_properties: bool = True) -> Dict[Text, Any]:
    """A button press (「/answer{…}」) says itself what it means and need not be understood."""
    if not message.text or not message.text.startswith("/"):
        return _understand(self, message, tracker, only_output_properties)
    pressed = YAMLStoryReader.unpack_regex_message(Message({TEXT: message.text}), self.domain, RegexMessageHandler.__name__)
    nothing = {TEXT: "", INTENT: {"name": None, "confidence": 0.0}, ENTITIES: []}
    return {**nothing, **pressed.as_dict(only_output_properties=only_output_properties)}


def _run(self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None) -> Dict[Text, Any]:
    """Run the nodes that the targets need, one after the other: what dask does, but the order is found once."""
    wanted = tuple(targets or self._graph_schema.target_names)
    plans = self.__dict__.setdefault("_plans", {})
    if wanted not in plans:
        plans[wanted] = _in_order(self._graph_schema.minimal_graph_schema(list(wanted)))
    found = {name: (name, value) for name, value in (inputs or {}).items()}
    try:
        for name, needs in plans[wanted]:
            found[name] = self._instantiated_nodes[name](*(found.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return dict(found[name] for name in wanted)


def _in_order(schema: GraphSchema) -> List[Any]:
    """The nodes of a graph with what each needs, every node after those."""
    ordered: Dict[Text, List[Text]] = {}

    def visit(name: Text) -> None:
        if name in schema.nodes and name not in ordered:
            needs = list(schema.nodes[name].needs.values())
            for need in needs:
                visit(need)
            ordered[name] = needs

    for name in schema.nodes:
        visit(name)
    return list(ordered.items())


def _possible_rules(self: RulePolicy, lookup: Dict[Text, Text], states: List[Any]) -> Set[Text]:
    """The rules that fit the states; a talk is in few states, and in the same ones again and again. What people type is no key, its hash is."""
    known = self.__dict__.setdefault("_fitting", LRUCache(_MOST_STATES))
    key = id(lookup), sha256(repr(states).encode()).digest()
    if key not in known:
        known[key] = _fitting_rules(self, lookup, states)
    return known[key]


def _session(self: EndpointConfig) -> aiohttp.ClientSession:
    """A session over connections that stay open between calls."""
    login = aiohttp.BasicAuth(self.basic_auth["username"], self.basic_auth["password"]) if self.basic_auth else None
    limit = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
    return aiohttp.ClientSession(connector=_connections(), connector_owner=False, headers=self.headers, auth=login, timeout=limit)


@lru_cache(maxsize=None)
def _connections() -> aiohttp.TCPConnector:
    """Made at the first call, in the server's own event loop."""
    return aiohttp.TCPConnector(keepalive_timeout=_IDLE, limit=0)
