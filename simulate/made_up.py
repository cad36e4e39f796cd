"""Form values that nobody has: right in form, drawn by chance."""

from datetime import date, timedelta
from random import Random

from stdnum.cn import ric, uscc

SURNAMES, NAMES = "王李张刘陈杨赵黄周吴徐孙", ("小花", "大山", "建国", "秀英", "铁柱", "桂兰", "明", "红霞")
UNITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def value(data: dict, draw: Random, today: date) -> str:
    """A good value for a form field as the chat contract describes it: an option, or something of its type."""
    if data["type"] == "list" and data.get("options"):
        return "都齐了" if draw.random() < 0.7 else draw.choice(data["options"])["label"]
    if data.get("options"):
        option = draw.choice(data["options"])
        return draw.choice([option["value"], option["label"]])
    return MAKERS[data["type"]](draw, today) if data["type"] in MAKERS else data["example"]


def wrong(kind: str, draw: Random) -> str | None:
    """A value that must be refused, or None where hardly anything is wrong."""
    return {"resident_id": "41142119900101001", "mobile": f"1{draw.randrange(10**8)}", "uscc": "91411421MA", "date": "月底吧", "name": "12345678"}.get(kind)


def _name(draw: Random, today: date) -> str:
    return draw.choice(SURNAMES) + draw.choice(NAMES)


def _resident_id(draw: Random, today: date) -> str:
    born = today - timedelta(days=draw.randrange(23 * 366, 70 * 365))
    digits = f"411421{born:%Y%m%d}{draw.randrange(1000):03d}"
    return digits + ric.calc_check_digit(digits + "0")


def _mobile(draw: Random, today: date) -> str:
    return f"138{draw.randrange(10**8):08d}"


def _uscc(draw: Random, today: date) -> str:
    number = "91411421" + "".join(draw.choice(UNITS) for _ in range(9))
    return number + uscc.calc_check_digit(number)


MAKERS = {"name": _name, "resident_id": _resident_id, "mobile": _mobile, "uscc": _uscc}
