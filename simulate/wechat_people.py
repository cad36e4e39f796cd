"""The people who use the account: what each has on the screen, and how much the account may still say to them unasked."""

from dataclasses import dataclass, field
from datetime import datetime

HOUR, MINUTE = 3600, 60
# 下发额度, developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage: so many messages within so many seconds
ALLOWED = {
    **dict.fromkeys(("text", "image", "voice", "video", "shortvideo", "location", "link"), (5, 48 * HOUR)),
    **dict.fromkeys(("CLICK", "scancode_push", "scancode_waitmsg", "subscribe", "SCAN"), (3, MINUTE)),
}


@dataclass
class Person:
    """`left` messages may be sent by the account until the moment `until`; they do not add up, the larger allowance counts."""

    following: bool = True
    left: int = 0
    until: float = 0
    screen: list[dict] = field(default_factory=list)

    def act(self, kind: str, now: float) -> None:
        """They did something: that may open the account's mouth."""
        self.following = kind != "unsubscribe"
        if kind in ALLOWED:
            count, seconds = ALLOWED[kind]
            self.left = max(count, self.left if now < self.until else 0)
            self.until = max(self.until, now + seconds)

    def show(self, sender: str, kind: str, text: str, via: str | None = None, to_message: int | None = None, **more: object) -> dict:
        """Puts a line on the screen; `more` is the articles, the template, the data of a line that has them."""
        line = {"from": sender, "type": kind, "text": text, "via": via, "to_message": to_message, "at": datetime.now().astimezone().isoformat(), **more}
        self.screen.append(line)
        return line
