"""Whom the account's door refuses: what is not from the platform, not fresh, not for this account, or no message at all."""

import time
import uuid
from dataclasses import replace

import httpx
import pytest

from simulate.hall import Hall
from simulate.wechat import ACCOUNT
from simulate.wechat_crypto import Account, encrypt, sign
from simulate.wechat_messages import compose, write

BOMB = '<!DOCTYPE xml [<!ENTITY a "哈哈"><!ENTITY b "&a;&a;&a;&a;">]><xml><ToUserName>&b;</ToUserName></xml>'
OTHER_KEY = replace(ACCOUNT, aes_key=ACCOUNT.aes_key[::-1])


def sealed(account: Account = ACCOUNT, text: str | None = None, **query: str) -> dict:
    """A post as the platform makes it for an account; `query` replaces parts of its address."""
    timestamp, nonce = query.get("timestamp", str(int(time.time()))), query.get("nonce", uuid.uuid4().hex)
    cipher = encrypt(account, text or write(compose(ACCOUNT, "o-door", "text", {"Content": "你好"}, time.time_ns() // 1000, int(time.time()))))
    signed = {"signature": sign(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "encrypt_type": "aes",
              "msg_signature": sign(account.token, timestamp, nonce, cipher)}
    return {"params": signed | query, "content": write({"ToUserName": ACCOUNT.original_id, "Encrypt": cipher}).encode()}


def plain(body: str | bytes, **query: str) -> dict:
    """A post in plain mode."""
    timestamp, nonce = str(int(time.time())), uuid.uuid4().hex
    signed = {"signature": sign(ACCOUNT.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    return {"params": signed | query, "content": body.encode() if isinstance(body, str) else body}


def knock(hall: Hall, post: dict) -> httpx.Response:
    return httpx.post(f"{hall.address}/wechat", **post, timeout=10, trust_env=False)


def test_the_door_opens_for_the_platform(hall):
    assert knock(hall, sealed()).status_code == 200


@pytest.mark.parametrize("post", [
    lambda: sealed(signature="0" * 40), lambda: sealed(msg_signature="0" * 40), lambda: sealed(signature=""),
    lambda: sealed(timestamp=str(int(time.time()) - 301)), lambda: sealed(timestamp=str(int(time.time()) + 301)), lambda: sealed(timestamp="soon"),
    lambda: sealed(replace(ACCOUNT, app_id="wx0000000000000000")), lambda: sealed(OTHER_KEY), lambda: sealed(replace(ACCOUNT, token="guessed")),
    lambda: {"params": {}, "content": b"<xml/>"}, lambda: plain("<xml/>", signature="啊"),
], ids=["signature", "msg_signature", "none", "stale", "future", "no time", "other app", "other key", "other token", "nothing", "not ascii"])
def test_what_is_not_from_the_platform_is_refused(hall, post):
    assert knock(hall, post()).status_code == 403


@pytest.mark.parametrize("body", [
    "", "你好", "<xml>", "<xml/>", "<xml></xml>", "<xml><MsgType>text</MsgType></xml>", "<other/>", BOMB, b"\xff\xfe\x00", "<xml><MsgType><a/></MsgType></xml>", "{}",
])
def test_what_is_no_message_is_refused(hall, body):
    assert knock(hall, plain(body)).status_code == 400
    assert knock(hall, sealed()).status_code == 200


def test_a_bomb_inside_the_envelope_is_refused(hall):
    assert knock(hall, sealed(text=BOMB)).status_code == 400


def test_what_is_too_large_is_refused(hall):
    assert knock(hall, plain("<xml>" + "大" * 30_000 + "</xml>")).status_code == 413


def test_a_signature_is_good_for_one_message(hall):
    """In plain mode it does not cover what is inside."""
    post = plain(write(compose(ACCOUNT, "o-door", "text", {"Content": "你好"}, 1, int(time.time()))))
    assert knock(hall, post).status_code == 200
    other = write(compose(ACCOUNT, "o-other", "text", {"Content": "确认提交"}, 2, int(time.time())))
    assert knock(hall, post | {"content": other.encode()}).status_code == 403


def test_a_copy_is_good_for_three_posts(hall):
    post = sealed()
    assert [knock(hall, post).status_code for _ in range(4)] == [200, 200, 200, 403]


def test_the_platform_is_told_what_it_asked_when_the_account_is_connected(hall):
    timestamp, nonce = str(int(time.time())), "n"
    query = {"timestamp": timestamp, "nonce": nonce, "echostr": "5930284"}
    right = httpx.get(f"{hall.address}/wechat", params=query | {"signature": sign(ACCOUNT.token, timestamp, nonce)}, trust_env=False)
    wrong = httpx.get(f"{hall.address}/wechat", params=query | {"signature": sign("guessed", timestamp, nonce)}, trust_env=False)
    assert (right.status_code, right.text, wrong.status_code) == (200, "5930284", 403)


def test_the_end_of_a_cdata_in_what_a_person_says_breaks_nothing(hall):
    message = write(compose(ACCOUNT, f"o{uuid.uuid4().hex}", "text", {"Content": "我叫 ]]> <a href='x'>张三</a>"}, time.time_ns() // 1000, int(time.time())))
    answer = knock(hall, plain(message))
    assert answer.status_code == 200 and answer.text.count("]]>") == answer.text.count("<![CDATA[")
