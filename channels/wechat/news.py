"""Tells applicants by template message how far their matter is: 收件, 补正, 受理, 办结.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Template_Message_Interface.html
"""

import logging
from collections.abc import Iterator, Mapping

import httpx

from actions.memory import Kit
from channels.links import Links
from channels.wechat.account import Account, Undelivered
from records import news
from records.news import Waiting

log = logging.getLogger(__name__)

KINDS = {"已收件": "received", "待补正": "faults", "已受理": "accepted", "已办结": "done"}  # status of the intake service → which template
WHAT = {
    "received": "材料收到了，办理有了动静会告诉您。", "faults": "有要补正的，请打开看是哪几处、怎么改，一次改齐。",
    "accepted": "已经受理，到时限前会办完。", "done": "办完了，结果按您选的办法给您。",
}


class News:
    """Looks now and then how far the drafts of the account's followers are, and tells each change once."""

    def __init__(self, kit: Kit, account: Account, links: Links, templates: Mapping[str, str], intake: str, transport: httpx.BaseTransport | None = None):
        self._kit, self._account, self._links, self._templates = kit, account, links, templates
        self._intake = httpx.Client(base_url=intake, timeout=5, trust_env=False, transport=transport)

    def look(self) -> None:
        """One round; a draft whose progress cannot be had just now is asked for in the next."""
        if not self._templates:
            return
        with self._kit.store.look() as db:
            waiting = news.waiting(self._kit.store, db)
        for draft, status in self._progress(waiting):
            self._tell(draft, status)

    def _progress(self, waiting: list[Waiting]) -> Iterator[tuple[Waiting, str]]:
        for draft in waiting:
            try:
                answer = self._intake.get(f"/drafts/{draft.number}")
                answer.raise_for_status()
            except httpx.HTTPError as error:
                log.warning("收件平台没有说办到哪一步：%s", type(error).__name__)
                return
            if (status := answer.json()["status"]) != draft.told:
                yield draft, status

    def _tell(self, draft: Waiting, status: str) -> None:
        kind = KINDS.get(status)
        try:
            if template := self._templates.get(kind):
                data = {"first": WHAT[kind], "keyword1": draft.matter, "keyword2": draft.number, "keyword3": status, "remark": "点开看一次告知单。有疑问打 12345。"}
                self._account.notify(draft.openid, template, data, self._links.notice(draft.notice))
        except Undelivered as error:
            log.error("办理进度没有发出去：%s", error)
            if not error.for_good:
                return
        with self._kit.store.begin() as db:
            news.told(db, draft, status, self._kit.now())
