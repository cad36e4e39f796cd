"""How the platform signs and encrypts, from its own pages and plain primitives: the account uses a library, and an error must not cancel out.

消息加解密技术方案, developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK = 32  # bytes that a message is padded to; twice the block of AES


class Forged(Exception):
    """What arrived was not sealed with this account's key."""


@dataclass(frozen=True)
class Account:
    """What the platform and the account's server both know: 「基本配置」 of an official account."""

    app_id: str
    secret: str
    token: str
    aes_key: str
    original_id: str

    @property
    def cipher(self) -> Cipher:
        """AES with the EncodingAESKey; the first half of the key is the initial vector."""
        key = base64.b64decode(self.aes_key + "=")
        return Cipher(AES(key), CBC(key[:16]))


def sign(token: str, *parts: str) -> str:
    """The signature over token, timestamp, nonce and, for msg_signature, the ciphertext."""
    return hashlib.sha1("".join(sorted((token, *parts))).encode()).hexdigest()


def encrypt(account: Account, text: str) -> str:
    """Seals a message: sixteen random bytes, its length, itself, and whose it is."""
    message = text.encode()
    plain = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + account.app_id.encode()
    padder, encryptor = PKCS7(BLOCK * 8).padder(), account.cipher.encryptor()
    return base64.b64encode(encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()).decode()


def decrypt(account: Account, sealed: str) -> str:
    """Opens what `encrypt` sealed; raises Forged."""
    decryptor, unpadder = account.cipher.decryptor(), PKCS7(BLOCK * 8).unpadder()
    try:
        padded = decryptor.update(base64.b64decode(sealed, validate=True)) + decryptor.finalize()
        plain = unpadder.update(padded) + unpadder.finalize()
        end = 20 + int.from_bytes(plain[16:20], "big")
        message, owner = plain[20:end].decode(), plain[end:].decode()
    except ValueError as error:
        raise Forged("密文解不开") from error
    if owner != account.app_id:
        raise Forged(f"密文里的 AppID 是「{owner}」，不是这个公众号的")
    return message
