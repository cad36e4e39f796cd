"""Somebody who follows the official account and writes to it, on the platform's stand-in."""

import re
import time

import httpx

OPTION = re.compile(r"<a href=\"weixin://bizmsgmenu[^\"]*\">(\d+)\. (.*?)</a>")
NOTHING_MISSING = "都齐了"  # the way to say that no paper is missing
EXAMPLE = re.compile(r"（例：(.*?)）")


class Follower:
    """One phone: what its owner does, and what is on its screen."""

    def __init__(self, platform: str, openid: str):
        self.openid, self._platform = openid, httpx.Client(base_url=platform, timeout=120, trust_env=False, verify=False)  # plain HTTP: no certificates to load

    def do(self, kind: str, **fields: object) -> dict:
        """Something the owner does; returns how it was posted and what the posts were answered with."""
        return self._platform.post("/sim/push", json={"openid": self.openid, "kind": kind, **fields}).raise_for_status().json()

    def say(self, text: str, **how: object) -> dict:
        """A text; `how` it is posted: mode, duplicate, lose."""
        return self.do("text", Content=text, **how)

    @property
    def screen(self) -> list[dict]:
        """Everything on the screen, in order."""
        return self._platform.get(f"/sim/chat/{self.openid}").json()

    def heard(self) -> list[dict]:
        """What the account and the platform said, in order."""
        return [line for line in self.screen if line["from"] != "me"]

    def wait_for(self, count: int, kind: str | None = None, seconds: float = 60) -> list[dict]:
        """What was said, as soon as it is at least so many lines, the last of that kind."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            heard = self.heard()
            if len(heard) >= count and kind in (None, heard[-1]["type"]):
                return heard
            time.sleep(0.1)
        raise AssertionError(f"{seconds} 秒里没有等到：{self.heard()}")

    def wait_to_hear(self, words: str, seconds: float = 60) -> None:
        """Until these words are on the screen."""
        end = time.monotonic() + seconds
        while not any(words in line["text"] for line in self.heard()):
            if time.monotonic() > end:
                raise AssertionError(f"{seconds} 秒里没有听到「{words}」：{self.heard()}")
            time.sleep(0.1)

    def next_word(self) -> str:
        """What takes the consultation on: the first option of what was said last, or the example."""
        screen = self.screen
        spoken = max(number for number, line in enumerate(screen) if line["from"] == "me")
        last = "\n".join(line["text"] for line in screen[spoken:] if line["type"] == "text")
        if f"就说「{NOTHING_MISSING}」" in last:
            return NOTHING_MISSING
        found = OPTION.search(last) or EXAMPLE.search(last)
        assert found, f"不知道往下说什么：{last}"
        return found[found.lastindex]

    def close(self) -> None:
        """Puts the phone away."""
        self._platform.close()
