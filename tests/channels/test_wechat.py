"""The official account, end to end: encrypted messages from the platform's stand-in, the real application, Rasa and database behind it."""

import os
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

import serve
from simulate.follower import Follower
from simulate.hall import Hall
from simulate.wechat import ACCOUNT
from simulate.wechat_crypto import encrypt, sign
from simulate.wechat_messages import EVENTS, MESSAGES, compose, read_reply, write
from simulate.wechat_push import TROUBLE

WISH = "我想开奶茶店"
FIRST = "营业执照是不是已经办好了"
SECOND = "经营的房子是自己的"  # after 「还没有」
THIRD = "住人的房子"  # after 「租的」


@pytest.fixture
def follower(hall: Hall) -> Iterator[Follower]:
    """Somebody new who follows the account."""
    someone = a_follower(hall)
    yield someone
    someone.close()


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
def test_a_message_is_answered_in_the_mode_it_came_in(follower, mode):
    assert FIRST in follower.say(WISH, mode=mode)["delivered"][0]["text"]


@pytest.mark.parametrize("seconds, way", [(1, "passive"), (4, "passive"), (7, "passive"), (20, "custom")])
def test_a_slow_dialogue_server_costs_nobody_an_answer(hall, follower, seconds, way):
    """Ready in time, the answer goes with the post; later, with the platform's next post; too late for all three, it is sent."""
    follower.say(WISH)
    with ThreadPoolExecutor(1) as pool, held(hall.dialogue):
        said = pool.submit(follower.say, "还没有")
        time.sleep(seconds)
    posted = said.result()
    heard = follower.wait_for(2)
    assert [line["via"] for line in heard[1:]] == [way] and SECOND not in heard[0]["text"]
    assert len(posted["posts"]) == {1: 1, 4: 1, 7: 2, 20: 3}[seconds]
    follower.say("1")
    assert len(follower.heard()) == 3 and not any(TROUBLE in line["text"] for line in follower.heard())


def test_a_dialogue_server_that_dies_in_the_middle_costs_nobody_an_answer(hall, follower):
    follower.say(WISH)
    with ThreadPoolExecutor(1) as pool:
        with held(hall.dialogue):
            said = pool.submit(follower.say, "还没有")
            time.sleep(1)
            hall.dialogue.process.kill()
            hall.dialogue.process.wait()
        hall.start(hall.dialogue)
        said.result()
    heard = follower.wait_for(2)
    assert len(heard) == 2 and SECOND in heard[1]["text"]
    follower.say("租的")
    assert THIRD in follower.heard()[-1]["text"]


def test_an_application_that_dies_in_the_middle_costs_nobody_an_answer(hall, follower):
    """Killed after the message was taken and before it was answered; the next to start takes it over."""
    follower.say(WISH)
    with ThreadPoolExecutor(1) as pool, held(hall.dialogue):
        said = pool.submit(follower.say, "还没有")
        time.sleep(1)
        hall.app.process.kill()
        hall.app.process.wait()
        hall.dialogue.process.send_signal(signal.SIGCONT)
        hall.start(hall.app)
        said.result()
    follower.wait_to_hear(SECOND)
    heard = [line for line in follower.heard() if TROUBLE not in line["text"]]
    assert len(heard) == 2 and SECOND in heard[1]["text"]


def test_doubled_and_lost_posts_are_one_answer(follower):
    follower.say(WISH, duplicate=True)
    follower.say("还没有", lose=1)
    follower.say("租的", lose=2)
    heard = follower.heard()
    assert [words in line["text"] for words, line in zip((FIRST, SECOND, THIRD), heard, strict=True)] == [True] * 3


def test_messages_in_a_hurry_are_answered_in_order(hall, follower):
    """Three messages before the first has an answer."""
    follower.say(WISH)
    with ThreadPoolExecutor(3) as pool, held(hall.dialogue):
        for text in ("还没有", "租的", "这一步为什么要问"):
            pool.submit(follower.say, text)
            time.sleep(0.5)
    heard = follower.wait_for(4)
    assert [words in line["text"] for words, line in zip((FIRST, SECOND, THIRD, "为什么问"), heard, strict=True)] == [True] * 4


def test_two_applications_answer_once(hall, follower):
    """The platform's posts come to one application, then to another on the same database."""
    follower.say(WISH)
    with another_application(hall) as other:
        answers = []
        for target in (hall.address, other, hall.address):
            answers.append(post_to(target, follower.openid, "还没有", number=4711))
    assert [SECOND in answer for answer in answers] == [True] * 3 and len(set(answers)) == 1
    assert THIRD in follower.say("租的")["delivered"][0]["text"]


@pytest.mark.parametrize("kind", [*MESSAGES, *EVENTS])
def test_every_message_and_event_is_taken(follower, kind):
    posted = follower.do(kind)
    assert [post["status"] for post in posted["posts"]] == [200]
    assert not any(TROUBLE in line["text"] for line in follower.heard())


@pytest.mark.parametrize("kind, fields, words", [
    ("voice", {"Recognition": "想盘个门面卖奶茶"}, FIRST), ("voice", {}, "请打字告诉我"), ("video", {}, "视频我看不了"), ("link", {}, "链接我打不开"),
    ("location", {}, "民权县政务服务大厅"), ("subscribe", {}, "一次办"), ("SCAN", {"EventKey": "我要开奶茶店"}, FIRST),
    ("subscribe", {"EventKey": "qrscene_我要开奶茶店", "Ticket": "T"}, FIRST), ("CLICK", {"EventKey": "progress"}, "还没有交过申请"),
    ("CLICK", {"EventKey": "human"}, "12345"), ("CLICK", {"EventKey": "生养、婚嫁、养老"}, "结婚登记"), ("image", {}, "先说您想办什么事"),
])
def test_what_a_person_does_is_understood(follower, kind, fields, words):
    follower.do(kind, **fields)
    assert words in "\n".join(line["text"] for line in follower.wait_for(1))


def test_a_code_on_a_screen_carries_the_consultation_to_the_phone(person, follower):
    person.say("我想开个网吧")
    code = person.last["consultation"]
    follower.do("SCAN", EventKey=code)
    assert "接着办「我要开网吧」" in follower.heard()[-1]["text"]


def test_a_picture_belongs_to_the_paper_it_shows(hall, follower):
    to_the(follower, "开始填表")
    follower.do("image")
    asked = follower.heard()[-1]["text"]
    assert "这张是哪份材料" in asked
    follower.say("这张是营业执照")
    assert "原件照样要带" in follower.heard()[-1]["text"]
    follower.say("这张是营业执照")
    assert "原件照样要带" not in follower.heard()[-1]["text"]


def test_the_notice_is_a_summary_and_a_card_that_opens_the_whole(follower):
    to_the(follower, "打开完整的一次告知单")
    article = follower.wait_for(1, "news")[-1]["articles"][0]
    assert article["title"] == "一次告知单：我要开奶茶店" and "营业执照" in article["description"]
    page = httpx.get(article["url"], trust_env=False)
    assert page.status_code == 200 and "一次告知" in page.text
    assert httpx.get(article["url"][:-1] + ("0" if article["url"][-1] != "0" else "1"), trust_env=False).status_code == 404


def test_a_whole_consultation_through_everything_that_goes_wrong(hall, follower):
    """Encrypted, every eighth message doubled, every fourth answer lost, the application restarted in the middle: to the receipt."""
    follower.say(WISH)
    for turn in range(60):
        word = follower.next_word()
        follower.say(word, **({"duplicate": True} if turn % 8 == 2 else {"lose": int(turn % 4 == 1)}))
        if turn == 12:
            hall.stop(hall.app)
            hall.start(hall.app)
        if "收件编号" in follower.heard()[-1]["text"]:
            break
        time.sleep(0.5 if any(line["type"] == "news" for line in follower.heard()[-1:]) else 0)
    heard = [line["text"] for line in follower.heard()]
    assert "收件编号" in heard[-1] and not any(TROUBLE in text for text in heard)
    assert sum("打开完整的一次告知单" in text for text in heard) == 1 and sum("收件编号" in text for text in heard) == 1
    assert len(heard) == len(set(heard)), "something was said twice"


def test_news_of_the_matter_come_by_template(hall, follower):
    to_the(follower, "收件编号")
    follower.say("我们要领结婚证")  # busy with something else by now
    hall.stop(hall.app)
    hall.start(hall.app)  # it looks at once, and then every minute
    follower.wait_to_hear("已收件")
    told = follower.heard()[-1]
    assert told["template"] == "standin-received" and "/n/" in told["url"]


def test_a_thousand_people_at_once_get_one_right_answer_each(hall):
    """A tenth of the messages doubled, a tenth of the answers lost."""
    people = [a_follower(hall) for _ in range(1000)]

    def write(number: int) -> None:
        people[number].say(WISH if number % 2 else "结婚登记要带什么", duplicate=number % 10 == 0, lose=int(number % 10 == 3))

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(write, range(len(people))))
    wrong = []
    for number, someone in enumerate(people):
        heard = someone.wait_for(1)
        if len(heard) != 1 or ("奶茶" if number % 2 else "结婚") not in heard[0]["text"]:
            wrong.append((number, [line["text"][:80] for line in heard]))
        someone.close()
    assert not wrong


def test_who_leaves_is_forgotten(hall, follower):
    follower.say(WISH)
    code = follower.heard()[0]["text"].split("咨询码 ")[1][:6]
    follower.do("unsubscribe")
    follower.do("subscribe")
    follower.say(f"接着办 {code}")
    assert "没有" in follower.heard()[-1]["text"]


def test_nobody_is_written_down(hall, follower):
    """Neither who follows the account nor what they wrote lies anywhere in clear."""
    follower.say("我叫欧阳试验，想开奶茶店")
    kept = [Path(hall.settings.database.removeprefix("sqlite:///")), *hall.app.log.parent.glob("*.log")]
    for path in [*kept, Path(f"{kept[0]}-wal")]:
        content = path.read_bytes() if path.exists() else b""
        assert follower.openid.encode() not in content and "欧阳试验".encode() not in content, path


def test_the_token_is_renewed_once_for_all(hall, follower):
    platform = f"http://127.0.0.1:{hall.wechat.port}"
    follower.say(WISH)
    before = httpx.get(f"{platform}/sim/tokens", trust_env=False).json()["handed_out"]
    httpx.post(f"{platform}/sim/expire", trust_env=False)
    others = [a_follower(hall) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda someone: to_the(someone, "打开完整的一次告知单"), others))
    for someone in others:
        someone.wait_for(1, "news")  # the card is what needs a token
        someone.close()
    assert httpx.get(f"{platform}/sim/tokens", trust_env=False).json()["handed_out"] == before + 1


def test_the_menu_is_made_by_one_command(hall):
    done = subprocess.run([".venv/bin/python", "-m", "channels.wechat", "menu"], capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"})
    assert done.returncode == 0 and "菜单建好了" in done.stdout, done.stderr
    names = [button["name"] for button in httpx.get(f"http://127.0.0.1:{hall.wechat.port}/sim/menu", trust_env=False).json()["button"]]
    assert names == ["我要办事", "查进度", "联系人工"]


def a_follower(hall: Hall) -> Follower:
    return Follower(f"http://127.0.0.1:{hall.wechat.port}", f"o{uuid.uuid4().hex}")


def to_the(follower: Follower, words: str, most: int = 60) -> None:
    """Goes on by the first option, or the example, until the account says these words."""
    follower.say(WISH)
    for _ in range(most):
        if any(words in line["text"] for line in follower.heard()):
            return
        follower.say(follower.next_word())
    raise AssertionError(f"never came to 「{words}」: {follower.heard()[-1]['text']}")


@contextmanager
def held(service) -> Iterator[None]:
    """A service that runs but does nothing meanwhile."""
    service.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        if service.process.poll() is None:
            service.process.send_signal(signal.SIGCONT)


@contextmanager
def another_application(hall: Hall) -> Iterator[str]:
    """A second application process on the same database; its address."""
    port = free_port()
    command = [str(port) if word == str(hall.settings.port) else word for word in hall.app.command]
    second = serve.Service("应用二", port, command, f"http://127.0.0.1:{port}/healthz")
    hall.start(second)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        hall.stop(second)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def post_to(target: str, openid: str, text: str, number: int) -> str:
    """One post of a text message, as the platform makes it; the words of the reply."""
    message = compose(ACCOUNT, openid, "text", {"Content": text}, number, int(time.time()))
    timestamp, nonce, sealed = str(int(time.time())), uuid.uuid4().hex, encrypt(ACCOUNT, write(message))
    query = {"signature": sign(ACCOUNT.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": openid,
             "encrypt_type": "aes", "msg_signature": sign(ACCOUNT.token, timestamp, nonce, sealed)}
    answer = httpx.post(f"{target}/wechat", params=query, content=write({"ToUserName": ACCOUNT.original_id, "Encrypt": sealed}).encode(), trust_env=False, timeout=10)
    return read_reply(ACCOUNT, message, "safe", answer.content)["text"]
