"""The messages on the wire: the XML that the platform posts, and the passive replies that it reads.

接收普通消息, 接收事件推送 and 回复文本消息 under developers.weixin.qq.com/doc/offiaccount/Message_Management/, 自定义菜单事件推送 under Custom_Menus/.
"""

import re
from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from simulate.wechat_crypto import Account, Forged, decrypt, sign

LONGEST = 2048  # bytes in a text
MESSAGES = {
    "text": {"Content": "你好"},
    "image": {"PicUrl": "http://mmbiz.qpic.cn/mmbiz_jpg/example/0", "MediaId": "picture_1"},
    "voice": {"MediaId": "voice_1", "Format": "amr"},
    "video": {"MediaId": "video_1", "ThumbMediaId": "thumb_1"},
    "shortvideo": {"MediaId": "video_2", "ThumbMediaId": "thumb_2"},
    "location": {"Location_X": 34.648213, "Location_Y": 115.146245, "Scale": 16, "Label": "民权县政务服务中心"},
    "link": {"Title": "一件事一次办", "Description": "民权县政务服务", "Url": "https://example.org/"},
}
_CODE = {"EventKey": "scan", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "https://example.org/"}}
_PICTURES = {"EventKey": "photo", "SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": "1b5f7c23b5bf75682a53e7b6d163e185"}}}}
_SPOT = {"Location_X": "34.648213", "Location_Y": "115.146245", "Scale": "16", "Label": "民权县政务服务中心", "Poiname": ""}
_PLACE = {"EventKey": "place", "SendLocationInfo": _SPOT}
EVENTS = {
    "subscribe": {}, "unsubscribe": {},
    "SCAN": {"EventKey": "123", "Ticket": "TICKET"},
    "LOCATION": {"Latitude": 34.648213, "Longitude": 115.146245, "Precision": 65.0},
    "CLICK": {"EventKey": "key"},
    "VIEW": {"EventKey": "https://example.org/", "MenuId": "1"},
    "scancode_push": _CODE, "scancode_waitmsg": _CODE,
    "pic_sysphoto": _PICTURES, "pic_photo_or_album": _PICTURES, "pic_weixin": _PICTURES,
    "location_select": _PLACE,
    "view_miniprogram": {"EventKey": "pages/index", "MenuId": "1"},
    "TEMPLATESENDJOBFINISH": {"MsgID": 200163836, "Status": "success"},
    "MASSSENDJOBFINISH": {"MsgID": 1000001625, "Status": "send success", "TotalCount": 100, "FilterCount": 80, "SentCount": 75, "ErrorCount": 5},
    "event_of_tomorrow": {"EventKey": "whatever"},  # the platform adds some every year
}
SAID = {"text": "Content", "voice": "Recognition", "location": "Label", "link": "Title"}  # where the words of a message are
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # no XML can hold these


class Malformed(Exception):
    """A passive reply that the platform does not understand; says what is wrong."""


def compose(account: Account, openid: str, kind: str, own: dict, msg_id: int, created: int) -> dict:
    """The fields of a message or event in the platform's names; `own` takes the place of the examples."""
    head = {"ToUserName": account.original_id, "FromUserName": openid, "CreateTime": created}
    if kind in MESSAGES:
        return head | {"MsgType": kind} | MESSAGES[kind] | {"MsgId": msg_id} | own
    return head | {"MsgType": "event", "Event": kind} | EVENTS[kind] | own


def words(message: dict) -> str:
    """What a person's message says in words; nothing for a picture."""
    return str(message.get(SAID.get(message["MsgType"]), ""))


def write(fields: dict) -> str:
    """The XML of these fields: words in CDATA, numbers bare, as the platform sends them."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: dict) -> str:
    """A list is its element again and again."""
    rows = ((name, each) for name, value in fields.items() for each in (value if isinstance(value, list) else [value]))
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in rows)


def _content(value: dict | str | int | float) -> str:
    if isinstance(value, dict):
        return _elements(value)
    if isinstance(value, str):
        return f"<![CDATA[{FORBIDDEN.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"
    return str(value)


def read_reply(account: Account, message: dict, mode: str, body: bytes) -> dict:
    """What a passive reply to a message puts on the person's screen: kind, text, articles, data; raises Malformed.

    In safe mode a reply must be sealed, in compatible mode it may be, in plain mode it must not.
    """
    root, openid = _parse(body), message["FromUserName"]
    if mode == "safe" or mode == "compatible" and root.find("Encrypt") is not None:
        root = _parse(_open(account, root).encode())
    if (_need(root, "ToUserName"), _need(root, "FromUserName")) != (openid, account.original_id):
        raise Malformed(f"ToUserName 应当是 {openid}，FromUserName 应当是 {account.original_id}")
    if not _need(root, "CreateTime").isdecimal():
        raise Malformed("CreateTime 不是整数")
    kind = _need(root, "MsgType")
    if kind not in REPLIES:
        raise Malformed(f"没有「{kind}」这种回复")
    line = {"kind": kind, **REPLIES[kind](root)}
    if "articles" in line:
        line["articles"] = line["articles"][:8 if message["MsgType"] == "event" else 1]  # the platform leaves out the rest
    return line


def _open(account: Account, root: Element) -> str:
    sealed = _need(root, "Encrypt")
    if _need(root, "MsgSignature") != sign(account.token, _need(root, "TimeStamp"), _need(root, "Nonce"), sealed):
        raise Malformed("MsgSignature 不对")
    try:
        return decrypt(account, sealed)
    except Forged as error:
        raise Malformed(str(error)) from error


def _parse(body: bytes) -> Element:
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter two for an encoding that nobody knows
        raise Malformed(f"不是 XML：{error}") from error
    if root.tag != "xml":
        raise Malformed(f"最外面应当是 <xml>，却是 <{root.tag}>")
    return root


def _need(element: Element, path: str) -> str:
    if found := element.findtext(path):
        return found
    raise Malformed(f"没有 {path}，或者是空的")


def _text(root: Element) -> dict:
    content = _need(root, "Content")
    if (length := len(content.encode())) > LONGEST:
        raise Malformed(f"Content 有 {length} 字节，最多 {LONGEST}")
    return {"text": content}


def _news(root: Element) -> dict:
    items = root.findall("Articles/item")
    if _need(root, "ArticleCount") != str(len(items)) or not items:
        raise Malformed(f"ArticleCount 和 Articles 里的 {len(items)} 条对不上")
    names = {"title": "Title", "description": "Description", "picurl": "PicUrl", "url": "Url"}
    articles = [{name: item.findtext(tag, "") for name, tag in names.items()} for item in items]
    return {"text": "\n".join(_need(item, "Title") for item in items), "articles": articles}


def _media(name: str) -> Callable[[Element], dict]:
    def read(root: Element) -> dict:
        return {"text": root.findtext(f"{name}/Title", ""), "data": {"media_id": _need(root, f"{name}/MediaId")}}

    return read


REPLIES = {
    "text": _text, "news": _news, "image": _media("Image"), "voice": _media("Voice"), "video": _media("Video"),
    "music": lambda root: {"text": root.findtext("Music/Title", ""), "data": {"thumb_media_id": _need(root, "Music/ThumbMediaId")}},
    "transfer_customer_service": lambda root: {"text": ""},
}
