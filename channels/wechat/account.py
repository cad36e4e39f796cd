"""The account's own calls to the platform, with one access token for all processes.

Token: https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import local

import requests
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from records import tokens
from records.store import Store

log = logging.getLogger(__name__)

TIMEOUT = 10  # seconds for one call
PATIENCE = 15  # seconds to wait while another process renews it


class Undelivered(Exception):
    """The platform did not take a message. `for_good`: it never will, so that trying again is useless."""

    def __init__(self, why: str, for_good: bool):
        super().__init__(why)
        self.for_good = for_good


# 40003 wrong openid, 43004 does not follow any more, 45015 silent for 48 hours, 48001 the account has no such right, 50005 left.
FOR_GOOD = {40003, 43004, 45015, 48001, 50005}


class Account(WeChatClient):
    """The platform's interface as this account may use it."""

    def __init__(self, app_id: str, secret: str, api: str, store: Store, now: Callable[[], datetime]):
        super().__init__(app_id, secret, session=Shared(store, now), timeout=TIMEOUT)
        self.API_BASE_URL = f"{api}/cgi-bin/"
        self._used = local()

    @property
    def access_token(self) -> str:
        """The token that all processes share."""
        if not (token := self.session.get(self.access_token_key)):
            self.session.renew(self.access_token_key, None, self._fetched)
            token = self.session.get(self.access_token_key)
        return token

    def fetch_access_token(self) -> None:
        """Another token than the one that this thread's last call was refused with: fetched by one process, while the others wait for it."""
        self.session.renew(self.access_token_key, getattr(self._used, "token", None), self._fetched)

    def check(self) -> None:
        """Changes the token for a new one; raises WeChatClientException where the account's data are wrong."""
        self.session.renew(self.access_token_key, self.session.get(self.access_token_key), self._fetched)

    def send(self, openid: str, part: dict) -> None:
        """A part of an answer as a customer-service message; raises Undelivered."""
        if part["type"] == "news":
            self._deliver(lambda: self.message.send_articles(openid, part["articles"]))
        else:
            self._deliver(lambda: self.message.send_text(openid, part["content"]))

    def notify(self, openid: str, template: str, data: dict[str, str], url: str) -> None:
        """A template message; raises Undelivered."""
        self._deliver(lambda: self.message.send_template(openid, template, {name: {"value": value} for name, value in data.items()}, url=url))

    def picture(self, media_id: str) -> tuple[str, bytes]:
        """The media type and the bytes of a picture that somebody sent; raises Undelivered."""
        found: list[requests.Response] = []
        self._deliver(lambda: found.append(self.media.download(media_id)))
        return found[0].headers.get("Content-Type", ""), found[0].content

    def _deliver(self, call: Callable[[], object]) -> None:
        try:
            call()
        except WeChatClientException as error:
            raise Undelivered(f"微信回了 {error.errcode}：{error.errmsg}", error.errcode in FOR_GOOD) from error
        except requests.RequestException as error:
            raise Undelivered(type(error).__name__, False) from error

    def _handle_result(self, res: requests.Response, *how: object, **call: object) -> object:
        # wechatpy asks for a new token without saying which one was refused; by then another process may have renewed it
        self._used.token = call["params"].get("access_token")
        return super()._handle_result(res, *how, **call)

    def _fetched(self) -> tuple[str, int]:
        answer = self._http.get(f"{self.API_BASE_URL}token", timeout=TIMEOUT, params={"grant_type": "client_credential", "appid": self.appid, "secret": self.secret})
        answer.raise_for_status()
        told = answer.json()
        if "access_token" not in told:
            raise WeChatClientException(told.get("errcode"), told.get("errmsg"), client=self, request=answer.request, response=answer)
        return told["access_token"], told["expires_in"]


class Shared:
    """wechatpy's session, kept in the database."""

    def __init__(self, store: Store, now: Callable[[], datetime]):
        self._store, self._now = store, now

    def get(self, name: str) -> str | None:
        """The token, if it is good for a while yet."""
        with self._store.look() as db:
            return tokens.valid(self._store, db, name, self._now() + tokens.EARLY)

    def renew(self, name: str, bad: str | None, fetch: Callable[[], tuple[str, int]]) -> None:
        """Puts a new token in the place of a `bad` one, or of none, unless another process does or did so."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with self._store.begin() as db:
                mine = tokens.claim(self._store, db, name, bad, self._now(), self._now() + timedelta(seconds=PATIENCE))
            if mine:
                token, seconds = fetch()
                with self._store.begin() as db:
                    tokens.keep(self._store, db, name, token, self._now(), self._now() + timedelta(seconds=seconds))
                return
            if self.get(name) not in (None, bad):
                return
            time.sleep(0.2)
        log.error("等了 %s 秒，别的进程没有换来新的 access_token", PATIENCE)
