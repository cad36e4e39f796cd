"""The account as it is connected to the application: everything of it put together."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter

from actions.memory import Kit
from channels.links import Links
from channels.message import Conversations
from channels.wechat import door
from channels.wechat.account import Account
from channels.wechat.answers import CHANNEL, Answers
from channels.wechat.envelope import Envelopes
from channels.wechat.mail import Mail
from channels.wechat.news import News


@dataclass(frozen=True)
class Connection:
    """What the application runs for the account."""

    routes: APIRouter
    mail: Mail
    news: News


def connect(kit: Kit, conversations: Conversations, links: Links, account: Account, envelopes: Envelopes, templates: Mapping[str, str], intake: str) -> Connection:
    """Connects an account; `templates` are the ids of its template messages by kind, `intake` the address that tells progress."""
    answers = Answers(kit, conversations, account, links)
    mail = Mail(kit, answers.make, account.send, lambda openid: conversations.stands(answers.session(openid), CHANNEL))
    return Connection(door.router(envelopes, mail, answers.person), mail, News(kit, account, links, templates, intake))
