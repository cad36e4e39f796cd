"""The stand-in for WeChat, as a process of its own, towards a small official account that reads and answers with wechatpy."""

import socket
import sys
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import Response
from playwright.sync_api import Page, expect
from starlette.concurrency import run_in_threadpool
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply
from wechatpy.utils import check_signature

import serve
from settings import Settings
from simulate.wechat import ACCOUNT
from simulate.wechat_messages import EVENTS, MESSAGES
from simulate.wechat_push import TROUBLE

CRYPTO = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.app_id)
MENU = {"button": [
    {"name": "我要办事", "sub_button": [
        {"type": "click", "name": "开店", "key": "open_a_shop"}, {"type": "view", "name": "全部指南", "url": "http://127.0.0.1:1/guides/"},
    ]},
    {"type": "click", "name": "查进度", "key": "progress"},
]}


class Echo:
    """An official account: says back what it hears, unless a test gave an answer for that person.

    An answer is a function of the message and of how often it came: words, articles, bytes as they are, or an HTTP status.
    """

    def __init__(self) -> None:
        self.port = _free_port()
        self.heard: dict[str, list] = defaultdict(list)
        self.posts: dict[str, list[httpx.QueryParams]] = defaultdict(list)
        self.answers: dict[str, Callable] = {}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/wechat")
        async def prove(signature: str, timestamp: str, nonce: str, echostr: str) -> Response:
            check_signature(ACCOUNT.token, signature, timestamp, nonce)
            return Response(echostr)

        @app.post("/wechat")
        async def hear(request: Request) -> Response:
            query, xml = request.query_params, (await request.body()).decode()
            check_signature(ACCOUNT.token, query["signature"], query["timestamp"], query["nonce"])
            sealed = query.get("encrypt_type") == "aes"
            if sealed:
                xml = CRYPTO.decrypt_message(xml, query["msg_signature"], query["timestamp"], query["nonce"])
            message = parse_message(xml)
            assert message.source == query["openid"] and message.target == ACCOUNT.original_id
            self.heard[message.source].append(message)
            self.posts[message.source].append(query)
            said = self.answers.get(message.source, lambda message, nth: f"您说：{getattr(message, 'content', message.type)}")
            answer = await run_in_threadpool(said, message, len(self.heard[message.source]))
            if isinstance(answer, int):
                return Response(status_code=answer)
            if isinstance(answer, bytes):
                return Response(answer)
            reply = create_reply(answer, message).render()
            return Response(CRYPTO.encrypt_message(reply, query["nonce"], query["timestamp"]) if sealed else reply)

        return app


@pytest.fixture(scope="module")
def account() -> Iterator[Echo]:
    """The official account, listening."""
    echo = Echo()
    server = uvicorn.Server(uvicorn.Config(echo.app(), port=echo.port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield echo
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def wechat(account) -> Iterator[httpx.Client]:
    """The stand-in, in a process of its own, and somebody to talk to it."""
    port = _free_port()
    uvicorn_quiet = [sys.executable, "-m", "uvicorn", "--no-access-log", "--log-level", "warning"]
    command = [*uvicorn_quiet, "--factory", "simulate.wechat:from_environment", "--port", str(port)]
    service = serve.Service("微信替身", port, command, f"http://127.0.0.1:{port}/healthz")
    serve.start(service, Settings(port=account.port))
    try:
        assert serve.healthy(service), service.log.read_text("utf-8", "replace")[-2000:]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
            yield client
    finally:
        serve.stop([service])


@pytest.fixture
def someone() -> str:
    """The openid of somebody new."""
    return f"o{uuid.uuid4().hex}"


@pytest.fixture
def token(wechat) -> str:
    """A good access token."""
    return fresh_token(wechat)


def push(wechat: httpx.Client, openid: str, kind: str = "text", **more) -> dict:
    response = wechat.post("/sim/push", json={"openid": openid, "kind": kind, **more})
    assert response.status_code == 200, response.text
    return response.json()


def screen(wechat: httpx.Client, openid: str) -> list[tuple[str, str]]:
    return [(line["from"], line["text"]) for line in wechat.get(f"/sim/chat/{openid}").json()]


def fresh_token(wechat: httpx.Client) -> str:
    asked = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.secret}
    return wechat.get("/cgi-bin/token", params=asked).json()["access_token"]


def call(wechat: httpx.Client, token: str, path: str, body: dict) -> int:
    return wechat.post(f"/cgi-bin/{path}", params={"access_token": token}, json=body).json()["errcode"]


# --- towards the account ---------------------------------------------------------------------


def test_the_account_proves_itself(wechat):
    assert wechat.post("/sim/verify").json() == {"verified": True}


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_words_come_back_in_every_mode(wechat, account, someone, mode):
    hostile = "<b>奶茶</b> & “酒”\n🧋"
    outcome = push(wechat, someone, Content=hostile, mode=mode)
    assert screen(wechat, someone) == [("me", hostile), ("account", f"您说：{hostile}")]
    assert [post["status"] for post in outcome["posts"]] == [200]
    assert account.heard[someone][0].id == outcome["msg_id"] == outcome["delivered"][0]["to_message"]
    assert ("encrypt_type" in account.posts[someone][0]) == (mode != "plain")


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_message_arrives(wechat, account, someone, kind):
    push(wechat, someone, kind)
    message = account.heard[someone][0]
    assert message.type == kind and message.id


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_arrives(wechat, account, someone, kind):
    push(wechat, someone, kind)
    message = account.heard[someone][0]
    assert message.type == ("unknown" if kind == "event_of_tomorrow" else "event")
    assert message._data["Event"] == kind
    assert [line["from"] for line in push(wechat, someone, kind)["delivered"]] == ["account"]


def test_no_words_break_the_xml(wechat, account, someone):
    account.answers[someone] = lambda message, nth: b"success"
    push(wechat, someone, Content="a]]></Content><Content>b\x00")
    assert account.heard[someone][0].content == "a]]></Content><Content>b"


def test_a_message_is_as_told(wechat, account, someone):
    push(wechat, someone, "voice", Recognition="我想开奶茶店")
    push(wechat, someone, Content="办好了", bizmsgmenuid="101")
    push(wechat, someone, "subscribe", EventKey="qrscene_hall", Ticket="T1")
    push(wechat, someone, "pic_weixin", SendPicsInfo={"Count": 2, "PicList": {"item": [{"PicMd5Sum": "a"}, {"PicMd5Sum": "b"}]}})
    voice, choice, scan, pictures = account.heard[someone]
    assert voice.recognition == "我想开奶茶店" and choice._data["bizmsgmenuid"] == "101"
    assert (scan.event, scan.scene_id, scan.ticket) == ("subscribe_scan", "hall", "T1")
    assert [item["PicMd5Sum"] for item in pictures.pictures] == ["a", "b"]


def test_an_unheard_of_message_is_refused_with_the_list(wechat, someone):
    response = wechat.post("/sim/push", json={"openid": someone, "kind": "hologram"})
    assert response.status_code == 422 and "shortvideo" in response.text


# --- what the platform makes of replies --------------------------------------------------------


def test_articles_are_shown_one_to_a_message_and_eight_to_an_event(wechat, account, someone):
    articles = [{"title": f"指南{number}", "description": "怎么办", "image": "", "url": "https://example.org/"} for number in range(9)]
    account.answers[someone] = lambda message, nth: articles
    assert [article["title"] for article in push(wechat, someone)["delivered"][0]["articles"]] == ["指南0"]
    assert len(push(wechat, someone, "CLICK")["delivered"][0]["articles"]) == 8


@pytest.mark.parametrize("quiet", [b"", b"success"])
def test_quiet_answers_show_nothing(wechat, account, someone, quiet):
    account.answers[someone] = lambda message, nth: quiet
    assert len(push(wechat, someone)["posts"]) == 1
    assert screen(wechat, someone) == [("me", "你好")]


@pytest.mark.parametrize("mode, body, reason", [
    ("safe", b'"success"', "不是 XML"),
    ("plain", b"<html></html>", "应当是 <xml>"),
    ("plain", b"<xml><ToUserName>x</ToUserName><FromUserName>y</FromUserName></xml>", "ToUserName 应当是"),
    ("safe", b"<xml><ToUserName>x</ToUserName></xml>", "没有 Encrypt"),
    ("safe", b"<xml><Encrypt>AAAA</Encrypt><MsgSignature>0</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>", "MsgSignature 不对"),
])
def test_a_malformed_reply_is_the_accounts_trouble(wechat, account, someone, mode, body, reason):
    account.answers[someone] = lambda message, nth: body
    outcome = push(wechat, someone, mode=mode)
    assert screen(wechat, someone) == [("me", "你好"), ("system", TROUBLE)]
    assert reason in outcome["delivered"][0]["reason"] and len(outcome["posts"]) == 1


def test_a_reply_sealed_for_another_account_is_not_opened(wechat, account, someone):
    other = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, "wx_another")
    account.answers[someone] = lambda message, nth: other.encrypt_message(create_reply("您好", message).render(), "1", "2").encode()
    assert "wx_another" in push(wechat, someone)["delivered"][0]["reason"]


@pytest.mark.parametrize("length, sender", [(682, "account"), (683, "system")])
def test_a_text_reply_holds_2048_bytes(wechat, account, someone, length, sender):
    account.answers[someone] = lambda message, nth: "办" * length
    assert push(wechat, someone)["delivered"][0]["from"] == sender


def test_the_platform_hangs_up_after_five_seconds_and_asks_three_times(wechat, account):
    slow, silent, over = f"slow{uuid.uuid4()}", f"silent{uuid.uuid4()}", threading.Event()
    account.answers[slow] = lambda message, nth: "想好了" if nth == 2 else over.wait() and b""
    account.answers[silent] = lambda message, nth: over.wait() and b""
    with ThreadPoolExecutor() as both:
        second, never = both.map(lambda openid: push(wechat, openid), (slow, silent))
    over.set()
    assert [post["status"] for post in second["posts"]] == [None, 200] and screen(wechat, slow)[-1] == ("account", "想好了")
    assert [post["status"] for post in never["posts"]] == [None] * 3 and screen(wechat, silent)[-1] == ("system", TROUBLE)
    assert len({message.id for message in account.heard[silent]}) == 1
    assert len({post["nonce"] for post in account.posts[silent]}) == len({post["msg_signature"] for post in account.posts[silent]}) == 3


def test_an_error_is_a_failed_try(wechat, account, someone):
    account.answers[someone] = lambda message, nth: 500 if nth < 3 else "好了"
    assert [post["status"] for post in push(wechat, someone)["posts"]] == [500, 500, 200]
    assert screen(wechat, someone)[-1] == ("account", "好了")


def test_a_lost_answer_is_asked_for_again(wechat, account, someone):
    account.answers[someone] = lambda message, nth: f"第{nth}次"
    assert len(push(wechat, someone, lose=2)["posts"]) == 3
    assert screen(wechat, someone) == [("me", "你好"), ("account", "第3次")]
    assert push(wechat, someone, lose=3)["delivered"][0]["from"] == "system"


def test_a_duplicate_is_the_same_message_twice_at_once(wechat, account, someone):
    together = threading.Barrier(2)
    account.answers[someone] = lambda message, nth: b"success" if together.wait(5) else "好的"
    push(wechat, someone, duplicate=True)
    assert len({message.id for message in account.heard[someone]}) == 1 and len(account.heard[someone]) == 2
    assert sorted(screen(wechat, someone)) == [("account", "好的"), ("me", "你好")]


def test_hundreds_at_once(wechat, account):
    crowd = [f"crowd{number}" for number in range(300)]
    with ThreadPoolExecutor(100) as pool:
        list(pool.map(lambda openid: push(wechat, openid, Content=openid), crowd))
    assert all(screen(wechat, openid) == [("me", openid), ("account", f"您说：{openid}")] for openid in crowd)


# --- what the account may ask for ------------------------------------------------------------


def test_tokens(wechat):
    before = wechat.get("/sim/tokens").json()["handed_out"]
    old, new = fresh_token(wechat), fresh_token(wechat)
    assert wechat.get("/sim/tokens").json()["handed_out"] == before + 2
    text = {"touser": "nobody", "msgtype": "text", "text": {"content": "您好"}}
    assert [call(wechat, token, "message/custom/send", text) for token in ("", old, new)] == [41001, 40001, 40003]
    wechat.post("/sim/expire")
    assert call(wechat, new, "message/custom/send", text) == 42001
    wrong = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": "guess"}
    assert wechat.get("/cgi-bin/token", params=wrong).json()["errcode"] == 40125


def test_a_stable_token_stays_until_it_is_forced(wechat):
    asked = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.secret}
    first, same, forced = (wechat.post("/cgi-bin/stable_token", json=asked | {"force_refresh": force}).json() for force in (True, False, True))
    assert first["access_token"] == same["access_token"] != forced["access_token"] and first["expires_in"] == 7200


def test_what_may_be_said_unasked(wechat, token, someone):
    def send(kind: str, content: dict) -> int:
        return call(wechat, token, "message/custom/send", {"touser": someone, "msgtype": kind, kind: content})

    push(wechat, someone)
    article = {"title": "办好了", "description": "来取证", "url": "https://example.org/", "picurl": ""}
    choices = {"head_content": "满意吗", "list": [{"id": "1", "content": "满意"}, {"id": "2", "content": "不满意"}], "tail_content": "谢谢"}
    said = {"text": {"content": "办好了"}, "image": {"media_id": "m"}, "news": {"articles": [article]}, "msgmenu": choices}
    assert [send(kind, content) for kind, content in said.items()] == [0] * 4
    lines = wechat.get(f"/sim/chat/{someone}").json()[-4:]
    assert {line["via"] for line in lines} == {"custom"} and lines[2]["articles"] == [article] and lines[3]["text"] == "满意吗\n满意\n不满意\n谢谢"
    assert send("text", {"content": "办" * 683}) == 45002
    assert send("text", {"content": ""}) == 44004
    assert send("news", {"articles": [article] * 2}) == 45008
    assert send("hologram", {}) == 40008


def test_how_often_and_how_long_it_may_be_said(wechat, token, someone):
    def send() -> int:
        return call(wechat, fresh_token(wechat), "message/custom/send", {"touser": someone, "msgtype": "text", "text": {"content": "您好"}})

    push(wechat, someone)
    assert [send() for _ in range(6)] == [0] * 5 + [45047]
    push(wechat, someone, "CLICK")
    assert [send() for _ in range(4)] == [0] * 3 + [45047]
    push(wechat, someone)
    wechat.post("/sim/later", json={"hours": 47})
    assert send() == 0
    wechat.post("/sim/later", json={"hours": 1})
    assert send() == 45015
    push(wechat, someone)
    push(wechat, someone, "unsubscribe")
    assert send() == 45015


def test_a_template_message(wechat, token, someone):
    told = {"touser": someone, "template_id": "received", "url": "https://example.org/n/1", "data": {"thing1": {"value": "开奶茶店"}}}
    assert call(wechat, token, "message/template/send", told) == 40003
    push(wechat, someone, "subscribe")
    assert call(wechat, token, "message/template/send", told) == 0
    line = wechat.get(f"/sim/chat/{someone}").json()[-1]
    assert (line["from"], line["template"], line["data"], line["text"]) == ("template", "received", told["data"], "thing1：开奶茶店")
    assert call(wechat, token, "message/template/send", told | {"template_id": ""}) == 40037
    push(wechat, someone, "unsubscribe")
    assert call(wechat, token, "message/template/send", told) == 43004


@pytest.mark.parametrize("buttons, code", [
    ([], 40016),
    ([{"type": "click", "name": "一", "key": "k"}] * 4, 40016),
    ([{"type": "press", "name": "一", "key": "k"}], 40017),
    ([{"type": "click", "name": "六个字的名字", "key": "k"}], 40018),
    ([{"type": "click", "name": "一"}], 40019),
    ([{"type": "view", "name": "一"}], 40020),
    ([{"type": "view", "name": "一", "url": "javascript:0"}], 40055),
    ([{"name": "一", "sub_button": [{"type": "click", "name": "二", "key": "k"}] * 6}], 40023),
    ([{"name": "一", "sub_button": [{"type": "click", "name": "二" * 21, "key": "k"}]}], 40025),
    ([{"name": "一", "sub_button": [{"type": "click", "name": "二"}]}], 40026),
])
def test_an_unsound_menu_is_refused(wechat, token, buttons, code):
    assert call(wechat, token, "menu/create", {"button": buttons}) == code


def test_the_menu_and_a_picture(wechat, token):
    assert call(wechat, token, "menu/create", MENU) == 0
    told = wechat.get("/cgi-bin/menu/get", params={"access_token": token}).json()["menu"]
    assert told == MENU == wechat.get("/sim/menu").json()
    described = wechat.get("/cgi-bin/get_current_selfmenu_info", params={"access_token": token}).json()
    assert described["selfmenu_info"]["button"][0]["sub_button"]["list"] == MENU["button"][0]["sub_button"]
    picture = wechat.get("/cgi-bin/media/get", params={"access_token": token, "media_id": "m"})
    assert picture.headers["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert wechat.post("/cgi-bin/menu/create", params={"access_token": token}, content="{").json()["errcode"] == 47001


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def page(screen, wechat) -> Page:
    screen.goto(f"{wechat.base_url}/wechat-sim")
    return screen


def test_a_person_plays_on_the_page(page: Page, wechat, account, token):
    assert call(wechat, token, "menu/create", MENU) == 0
    openid = page.evaluate("localStorage.getItem('wechat-sim-openid')")
    account.answers[openid] = _welcome
    page.get_by_role("button", name="关注公众号").click()
    theirs = page.locator(".theirs")
    expect(theirs.last).to_contain_text("欢迎")
    expect(theirs.last.get_by_role("link", name="看指南")).to_have_attribute("href", "https://example.org/guides/")
    assert not page.locator("#log img").count() and not page.get_by_role("link", name="别点").count() and "<img src=x>" in theirs.last.inner_text()
    theirs.last.get_by_role("link", name="办离婚").click()
    expect(theirs.last).to_have_text("选了：我要离婚，编号 13")
    page.get_by_label("写一句话").fill("<b>奶茶</b>")
    page.get_by_role("button", name="发送").click()
    expect(theirs.last).to_contain_text("指南：<b>奶茶</b>")
    page.get_by_role("button", name="语音").click()
    page.get_by_label("写一句话").fill("说的话")
    page.keyboard.press("Enter")
    expect(theirs.last).to_have_text("听见了：说的话")
    page.get_by_role("button", name="我要办事").click()
    page.get_by_role("button", name="开店").click()
    expect(theirs.last).to_have_text("点了：open_a_shop")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="发位置").click()
    expect(theirs.last).to_have_text("位置：民权县政务服务中心")
    choices = {"head_content": "这次满意吗？", "list": [{"id": "1", "content": "满意"}], "tail_content": "谢谢"}
    call(wechat, token, "message/custom/send", {"touser": openid, "msgtype": "msgmenu", "msgmenu": choices})
    page.get_by_role("link", name="满意").click()
    expect(theirs.last).to_have_text("选了：满意，编号 1")
    data = {"事项": {"value": "开奶茶店"}, "编号": {"value": "MQ20261121-0001"}}
    call(wechat, token, "message/template/send", {"touser": openid, "template_id": "received", "url": "https://example.org/n/1", "data": data})
    expect(page.locator("a.card").last).to_contain_text("MQ20261121-0001")
    page.reload()
    expect(page.locator("a.card").last).to_contain_text("MQ20261121-0001")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_role("button", name="关注公众号")).to_be_visible()


def _welcome(message, nth: int) -> str | list | bytes:
    if message.type == "event":
        welcome = '欢迎 <img src=x>。<a href="https://example.org/guides/">看指南</a>，或者 ' \
                  '<a href="weixin://bizmsgmenu?msgmenucontent=我要离婚&msgmenuid=13">办离婚</a>，<a href="javascript:alert(1)">别点</a>'
        return {"subscribe": welcome, "unsubscribe": b""}.get(message.event, f"点了：{getattr(message, 'key', '')}")
    if message.type == "voice":
        return f"听见了：{message.recognition}"
    if message.type == "location":
        return f"位置：{message.label}"
    if chosen := message._data.get("bizmsgmenuid"):
        return f"选了：{message.content}，编号 {chosen}"
    return [{"title": f"指南：{message.content}", "description": "要办的事项、要带的材料", "image": "", "url": "https://example.org/"}]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
