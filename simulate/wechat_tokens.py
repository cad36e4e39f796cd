"""The access tokens of the account.

获取 Access token and 获取稳定版接口调用凭据, developers.weixin.qq.com/doc/offiaccount/Basic_Information/. The platform lets the old
token of /token live five minutes more; here it dies at once, so that nobody comes to rely on that.
"""

import secrets
import time

from simulate.wechat_refusal import Refused

LIFE = 7200  # seconds that a token is good for


class Tokens:
    """Those of /token and of /stable_token are apart; `calls` counts how often each was asked for."""

    def __init__(self) -> None:
        self.calls = {"token": 0, "stable_token": 0}
        self._present: dict[str, str] = {}
        self._until: dict[str, float] = {}

    def hand_out(self, kind: str, keep: bool = False) -> dict:
        """A new token in place of the old one; with `keep` the old one, as long as it is good."""
        self.calls[kind] += 1
        present, now = self._present.get(kind, ""), time.time()
        if not (keep and now < self._until.get(present, 0)):
            self._until.pop(present, None)
            self._present[kind] = present = secrets.token_urlsafe(96)
            self._until[present] = now + LIFE
        return {"access_token": present, "expires_in": round(self._until[present] - now)}

    def check(self, token: str) -> None:
        """Raises Refused unless the token is good."""
        if not token:
            raise Refused(41001, "access_token missing")
        if token not in self._until:
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")
        if time.time() >= self._until[token]:
            raise Refused(42001, "access_token expired")

    def age(self, seconds: float) -> None:
        """Makes every token so much older."""
        self._until = {token: until - seconds for token, until in self._until.items()}
