"""What each message and event of the platform means to us, as plain data that can be kept until it is worked on.

Messages: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html;
events: https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html.
"""

from hashlib import sha256

from wechatpy.messages import BaseMessage

from records.talks import CODE

SAID = {"progress": "查进度", "human": "找人工"}  # what the menu's buttons say
KIND = {
    "voice": "这段语音没有听出字来。请打字告诉我，或者按住说话键再说一遍，说慢一点。",
    "video": "视频我看不了。请用一句话说您想办什么事。", "shortvideo": "视频我看不了。请用一句话说您想办什么事。",
    "link": "链接我打不开。请用一句话说您想办什么事，或者把链接里要问的那句发过来。",
    "unknown": "这种消息我看不了。请用一句话说您想办什么事。",
}


def key(message: BaseMessage) -> str:
    """The same for every copy of a message: its MsgId, for events who and when, as the platform says."""
    sign = message.id if message.type != "event" and message.id else (message.source, message.time, getattr(message, "event", ""), getattr(message, "key", ""))
    return sha256(repr((message.target, sign)).encode()).hexdigest()


def content(message: BaseMessage) -> dict | None:
    """What is to be done about a message; None where nobody waits for an answer (a page was opened, a job has finished)."""
    found = _event(message) if message.type == "event" else _message(message)
    return found and {"openid": message.source, **found}


def _message(message: BaseMessage) -> dict:
    match message.type:
        case "text":
            return {"kind": "said", "text": message.content or ""}
        case "voice" if message.recognition:
            return {"kind": "said", "text": message.recognition}
        case "image":
            return {"kind": "picture", "media": message.media_id}
        case "location":
            return {"kind": "place"}
        case other:
            return {"kind": "words", "text": KIND.get(other, KIND["unknown"])}


def _event(message: BaseMessage) -> dict | None:
    match message.event:
        case "subscribe":
            return {"kind": "welcome"}
        case "subscribe_scan":
            return {"kind": "welcome", "scene": message.scene_id or ""}
        case "scan":
            return {"kind": "said", "text": wish(message.scene_id or "")}
        case "unsubscribe":
            return {"kind": "left"}
        case "click":
            return _pressed(message.key or "")
        case "location_select":
            return {"kind": "place"}
        case _:
            return None


def _pressed(name: str) -> dict:
    if name in SAID:
        return {"kind": "said", "text": SAID[name]}
    return {"kind": "life", "life": name}


def wish(scene: str) -> str:
    """A code to take up, else words to look up: 「接着办 AB2CD3」 for a consultation, the title of a matter for a matter's own QR code."""
    return f"接着办 {scene}" if CODE.fullmatch(scene) else scene
