"""Puts changed data into a YAML file, leaving every line of what did not change exactly as it stands.

The file is cut into pieces: one for each top-level key, and in a list one for each entry, comments and blank lines
before it included. A piece whose data is the same is kept; a changed one is read, updated value by value and
written again; a new one is written in the style of the files.
"""

from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import pairwise
from textwrap import dedent, indent
from typing import NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, SequenceNode
from ruamel.yaml.scalarstring import ScalarString

from knowledge.exchange.pairing import paired

Lines = list[str]


class Piece(NamedTuple):
    """Some lines of a file, and the number of the first."""

    begin: int
    lines: Lines


def rewritten(text: str, new: Mapping | Sequence) -> str:
    """The text of a YAML file with its data replaced by `new`, which keeps the order of the keys that stay."""
    old = YAML(typ="safe").load(text)
    if not old:
        return text + dedent(_dumped(_entries(new) if isinstance(new, list) else _entry(new)))
    node, lines = YAML().compose(text), _ended(text.splitlines(keepends=True))
    return "".join(_mapping(lines, node, old, new) if isinstance(node, MappingNode) else _list(lines, 0, node, old, new))


def _mapping(lines: Lines, node: MappingNode, old: Mapping, new: Mapping) -> Lines:
    head, *pieces = _cut(lines, [key.start_mark.line for key, _ in node.value])
    known = {key.value: (piece, value) for (key, value), piece in zip(node.value, pieces)}
    done = list(head.lines)
    for key, data in new.items():
        if key not in known:
            done += ["\n"] * isinstance(data, list) + _dumped(CommentedMap({key: _entries(data) if isinstance(data, list) else _styled(data)})).splitlines(keepends=True)
            continue
        piece, value = known[key]
        if data == old[key]:
            done += piece.lines
        elif isinstance(value, SequenceNode) and not value.flow_style:
            done += _list(piece.lines, piece.begin, value, old[key], data)
        else:
            done += _changed(piece.lines, {key: data})
    return done


def _list(lines: Lines, begin: int, node: SequenceNode, old: Sequence, new: Sequence) -> Lines:
    """The lines of a list, of which the first is line `begin` of the file, with its entries replaced."""
    head, *pieces = _cut(lines, [entry.start_mark.line - begin for entry in node.value])
    margin = " " * _margin(lines[node.value[0].start_mark.line - begin])
    spaced = len(pieces) > 1 and not pieces[1].lines[0].strip()
    done: Lines = []
    for entry, origin in zip(new, paired(old, new)):
        if origin is None:
            done += ["\n"] * (spaced and bool(done)) + indent(dedent(_dumped(_entries([entry]))), margin).splitlines(keepends=True)
        else:
            done += pieces[origin].lines if old[origin] == entry else _changed(pieces[origin].lines, [entry])
    while done and not done[0].strip():
        del done[0]
    return head.lines + done


def _cut(lines: Lines, starts: Sequence[int]) -> list[Piece]:
    """What stands before the first start, then a piece for each; blank lines and comments go with what follows them."""
    begins = [0]
    for start in starts:
        while start and _says_nothing(lines[start - 1]):
            start -= 1
        begins.append(start)
    return [Piece(begin, lines[begin:end]) for begin, end in pairwise([*begins, len(lines)])]


def _changed(chunk: Lines, new: Mapping | Sequence) -> Lines:
    """A piece with its values updated."""
    lead = next(place for place, line in enumerate(chunk) if not _says_nothing(line))
    body = "".join(chunk[lead:])
    updated = indent(dedent(_dumped(_updated(_round_trip().load(dedent(body)), new))), " " * _margin(body))
    return chunk[:lead] + updated.splitlines(keepends=True)


def _updated(node: object, new: object) -> object:
    """A node with new data: what is the same keeps its style and comments."""
    if node == new:
        return node
    if isinstance(node, CommentedMap) and isinstance(new, Mapping):
        for key in [key for key in node if key not in new]:
            del node[key]
        for place, (key, value) in enumerate(new.items()):
            if key in node:
                node[key] = _updated(node[key], value)
            else:
                node.insert(place, key, _styled(value))
        return node
    if isinstance(node, CommentedSeq) and isinstance(new, list):
        updated = CommentedSeq(_styled(entry) if origin is None else _updated(node[origin], entry) for entry, origin in zip(new, paired(node, new)))
        if node.fa.flow_style():
            updated.fa.set_flow_style()
        return updated
    return type(node)(new) if isinstance(node, ScalarString) and isinstance(new, str) else _styled(new)


def _styled(data: object) -> object:
    """New data in the style of the files: what holds only plain values stands on one line."""
    if isinstance(data, Mapping):
        node = _entry(data)
    elif isinstance(data, (list, tuple)):
        node = CommentedSeq(map(_styled, data))
    else:
        return data
    parts = node.values() if isinstance(node, CommentedMap) else node
    if not any(_is_deep(part) for part in parts) and not (isinstance(node, CommentedSeq) and any(isinstance(part, CommentedMap) for part in parts)):
        node.fa.set_flow_style()
    return node


def _is_deep(part: object) -> bool:
    inner = part.values() if isinstance(part, CommentedMap) else part if isinstance(part, CommentedSeq) else ()
    return any(isinstance(piece, (CommentedMap, CommentedSeq)) for piece in inner)


def _entry(data: Mapping) -> CommentedMap:
    return CommentedMap((key, _styled(value)) for key, value in data.items())


def _entries(data: Sequence) -> CommentedSeq:
    """A list of entries: each begins a line, its keys below each other."""
    return CommentedSeq(_entry(entry) if isinstance(entry, Mapping) else entry for entry in data)


def _round_trip() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(node: object) -> str:
    out = StringIO()
    _round_trip().dump(node, out)
    return out.getvalue()


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _ended(lines: Lines) -> Lines:
    return lines if not lines or lines[-1].endswith("\n") else [*lines[:-1], lines[-1] + "\n"]
