"""The envelope of a message: is it from the platform, is it fresh, and what is inside; and the same way back.

Rules of the platform: https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html (signature),
https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Message_encryption_and_decryption.html (plain, compatible, safe mode).
"""

import hmac
import time
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

import xmltodict
from pydantic import SecretStr
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.messages import BaseMessage
from wechatpy.replies import BaseReply
from wechatpy.utils import WeChatSigner

STALE = 300  # seconds that the clocks of the platform and of this machine may be apart, the way included


class NotFromWeChat(Exception):
    """The signature is wrong, or the message is not meant for this account."""


class Stale(Exception):
    """The signature is right but old: somebody sends again what was sent before."""


class Malformed(Exception):
    """What is inside is no message."""


@dataclass(frozen=True)
class Query:
    """What stands in the address of a post."""

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    msg_signature: str = ""
    encrypt_type: str = "raw"


class Envelopes:
    """Opens and closes them with the account's token and key; without a key only plain mode is spoken."""

    def __init__(self, app_id: str, token: SecretStr, aes_key: SecretStr):
        self._token = token.get_secret_value()
        self._crypto = WeChatCrypto(self._token, aes_key.get_secret_value(), app_id) if aes_key.get_secret_value() else None

    def check(self, query: Query) -> None:
        """Raises NotFromWeChat or Stale unless the address was signed by the platform just now."""
        self._same(query.signature, query.timestamp, query.nonce)
        if not query.timestamp.isdecimal() or abs(time.time() - int(query.timestamp)) > STALE:
            raise Stale

    def open(self, query: Query, body: bytes) -> BaseMessage:
        """The message in a post; raises NotFromWeChat, Stale or Malformed.

        In compatible mode the post holds the message twice, plain and encrypted; only the encrypted one is believed.
        """
        self.check(query)
        try:
            text = body.decode()
            if query.encrypt_type == "aes":
                text = self._decrypted(query, text)
            elif self._crypto and _outer(text).get("Encrypt"):
                raise NotFromWeChat("没有写明加密的密文")
            message = parse_message(text)
        except (ValueError, ExpatError, KeyError, TypeError, AttributeError) as error:
            raise Malformed(type(error).__name__) from error
        if message is None or not message.source:
            raise Malformed("没有发信人")
        return message

    def close(self, reply: BaseReply, query: Query) -> str:
        """A reply as the answer to a post, in that post's own mode."""
        text = reply.render()
        if query.encrypt_type != "aes":
            return text
        return self._crypto.encrypt_message(text, query.nonce, str(int(time.time())))

    def _decrypted(self, query: Query, text: str) -> str:
        if self._crypto is None:
            raise NotFromWeChat("来的是密文，这里没有填消息加解密密钥")
        encrypted = _outer(text)["Encrypt"]
        self._same(query.msg_signature, query.timestamp, query.nonce, encrypted)
        try:
            return self._crypto.decrypt_message({"Encrypt": encrypted}, query.msg_signature, query.timestamp, query.nonce)
        except (WeChatException, ValueError, IndexError) as error:
            raise NotFromWeChat("密文打不开：密钥或者 AppID 不对") from error

    def _same(self, signature: str, *parts: str) -> None:
        signer = WeChatSigner()
        signer.add_data(self._token, *parts)
        if not hmac.compare_digest(signer.signature.encode(), signature.encode()):
            raise NotFromWeChat("签名不对")


def _outer(text: str) -> dict:
    """The outermost element; entities are refused by the parser."""
    return xmltodict.parse(text)["xml"]
