"""The places that a text names: 「南阳那边办不办」 asks for the rules of 南阳市."""

import re
from collections.abc import Iterable, Sequence

from index.words import sounds

_THERE = re.compile("^(的|里|那边|这边|那儿|这儿)")


class Places:
    """How people call each region; `everywhere` are the words that mean all of them."""

    def __init__(self, regions: Iterable[str], everywhere: Sequence[str]):
        called = {call: region for region in regions for call in (region, region.rstrip("省市县"))}
        longest_first = sorted(called.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._called = [(call, sounds(call), region) for call, region in longest_first]
        self._everywhere = everywhere

    def taken_from(self, said: str) -> tuple[str, set[str]]:
        """A normalised text without the places it names, and those places."""
        found = set()
        for word in self._everywhere:
            if word in said:
                found.update(region for *_, region in self._called)
                said = said.replace(word, "")
        heard = sounds(said)
        for call, sound, region in self._called:
            if (begin := _where(call, sound, said, heard)) >= 0:
                found.add(region)
                said = said[:begin] + _THERE.sub("", said[begin + len(call) :])
                heard = sounds(said)
        return said, found


def _where(call: str, sound: Sequence[str], said: str, heard: Sequence[str]) -> int:
    """Where a text has a name, or something that sounds like it (「平定山」); -1 if nowhere.

    A name of two characters must be written right: too much else sounds like it.
    """
    exact = said.find(call)
    if exact >= 0 or len(call) < 3 or len(heard) != len(said) or not set(sound) <= set(heard):
        return exact
    return next((begin for begin in range(len(heard)) if heard[begin : begin + len(sound)] == sound), -1)
