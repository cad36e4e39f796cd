"""What goes wrong in a hall: services down and slow, doubled messages, full disks, nonsense. Nothing is lost."""

import resource
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import httpx
import pytest

import serve

WISH = "我想开个网吧，租了两百平的门面"


def test_what_was_said_survives_the_dialogue_server(hall, person):
    person.say(WISH)
    person.say("还没有")
    before = person.reply("question")["data"]["id"]
    hall.stop(hall.dialogue)
    person.say("公司")
    assert person.last["status"] == "error" and "没有记上" in person.words and "12345" in person.words
    assert httpx.get(f"{hall.address}/healthz", trust_env=False).json()["parts"]["dialogue"] == "down"
    hall.start(hall.dialogue)
    person.say("公司")
    assert person.last["status"] == "question" and person.reply("question")["data"]["id"] != before
    person.go_on_until("notice")
    assert "租的房子" in person.words and "公司" in person.words


def test_a_draft_waits_for_the_intake_service_and_arrives_once(hall, person):
    person.say(WISH)
    person.go_on_until("draft")
    before = _drafts(hall)
    hall.stop(hall.intake)
    person.say("确认提交")
    assert person.last["status"] == "handed_in" and "已经存好" in person.words and not person.reply("receipt")
    person.say("提交")
    health = httpx.get(f"{hall.address}/healthz", trust_env=False)
    assert health.status_code == 200 and health.json()["parts"]["intake"] == "down"
    hall.start(hall.intake)
    number = _wait_for_receipt(person)
    assert _drafts(hall) == before + 1
    person.say("查进度")
    assert number in person.words


def test_a_receipt_given_survives_the_intake_service(hall, person):
    person.say(WISH)
    person.go_on_until("handed_in")
    number = person.reply("receipt")["data"]["number"]
    hall.stop(hall.intake)
    hall.start(hall.intake)
    told = httpx.get(f"http://127.0.0.1:{hall.settings.intake_port}/drafts/{number}", trust_env=False).json()
    assert told["number"] == number and told["items"]


def test_the_same_message_twice_at_once_is_one_message(hall, person):
    """A double tap: the second arrives while the dialogue server, held still, has not answered the first."""
    person.say("我想开个网吧")
    with ThreadPoolExecutor(2) as pool, held_still(hall.dialogue):
        taps = [pool.submit(hall_say, hall, person, "2") for _ in range(2)]
        time.sleep(1)
    first, second = (tap.result() for tap in taps)
    assert first == second
    person.say("上一步")
    assert "营业执照" in person.words


def test_a_session_from_yesterday_goes_on(hall, person):
    """The dialogue server forgets; the consultation does not."""
    person.say(WISH)
    person.say("2")
    open_question = person.reply("question")["data"]["id"]
    hall.stop(hall.dialogue, hall.app)
    hall.start(hall.dialogue, hall.app)
    person.say("你好")
    assert person.reply("question")["data"]["id"] == open_question


@pytest.mark.parametrize("body, words", [
    (b"{broken", "不是有效的 JSON"), (b"[]", "不对"), (b'{"text": "x"}', "缺少「session」"), (b'{"session": "s", "text": "x", "surprise": 1, "more": 2}', "不认识「surprise」"),
    (b'{"session": "", "text": "x"}', "「session」不能为空"), (b'{"session": "s", "text": 5}', "「text」要写成文字"), (b'{"session": "s", "text": "x", "channel": "No Such"}', "「channel」"),
    (b"", "不对"), (b"\xff\xfe", "不对"),
])
def test_a_bad_request_is_explained(hall, body, words):
    response = httpx.post(f"{hall.address}/api/chat", content=body, headers={"content-type": "application/json"}, trust_env=False)
    assert response.status_code in (400, 422)
    told = response.json()
    assert told["status"] == "error" and words in told["replies"][0]["text"]


@pytest.mark.parametrize("text, words", [
    ("", "没有看到文字"), ("   \n", "没有看到文字"), ("😀😀", "没有看到文字"), ("\u0000\u0007\u200b", "没有看到文字"), ("长" * 10_000, "太长"),
])
def test_a_message_that_cannot_be_read_is_explained_and_loses_nothing(person, text, words):
    person.say("我想开个网吧")
    before = person.reply("question")["data"]["id"]
    person.say(text)
    assert person.last["status"] == "error" and words in person.words
    person.say("再说一遍")
    assert person.reply("question")["data"]["id"] == before


@pytest.mark.parametrize("text", ["/hand_in", "/answer{\"answer\": \"x\"}", "/session_start", "/restart", "怎么", "。。。", "1", "{{7*7}}", "<script>alert(1)</script>", "'; drop table talks; --", "9" * 300, "?"])
def test_odd_messages_are_just_messages(person, text):
    person.say(text)
    assert person.last["status"] not in ("handed_in", "error") and person.words
    person.say("你好")
    assert person.last["status"] == "greeting"


def test_a_full_disk_is_said_and_nothing_is_lost(hall, person):
    """The kernel lets the application's files grow no further: what a full disk does."""
    person.say(WISH)
    before = person.reply("question")["data"]["id"]
    unlimited = resource.prlimit(hall.app.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(hall.app.process.pid, resource.RLIMIT_FSIZE, (0, unlimited[1]))
    try:
        person.say("还没有")
        assert person.last["status"] == "error" and "存不下" in person.words
    finally:
        resource.prlimit(hall.app.process.pid, resource.RLIMIT_FSIZE, unlimited)
    person.say("还没有")
    assert person.last["status"] == "question" and person.reply("question")["data"]["id"] != before


def test_a_notice_is_printed_again_exactly_as_told(hall, person):
    person.say(WISH)
    person.go_on_until("notice")
    told = person.reply("notice")
    run = subprocess.run([sys.executable, "-m", "records", "replay", told["data"]["number"]], capture_output=True, text=True, check=True)
    assert run.stdout.rstrip("\n") == told["text"]
    assert subprocess.run([sys.executable, "-m", "records", "replay", "MQGZ1"], capture_output=True, text=True).returncode == 1


def test_the_webhook_answers_nobody_without_the_token(hall):
    assert httpx.post(f"{hall.address}/actions", json={"next_action": "action_hand_in"}, trust_env=False).status_code == 403


def test_no_personal_data_on_the_disk_or_in_the_logs(hall, person):
    person.say(WISH)
    person.go_on_until("question")
    planted = {"name": "慕容测试", "resident_id": "411421198808081235", "mobile": "13912345678"}
    while person.last["status"] != "draft":
        question = person.reply("question")
        kind = question["data"]["type"] if question else None
        person.say(planted[kind] if kind in planted else person.next_word())
    _nowhere(hall, planted.values())
    person.say("确认提交")
    assert person.reply("receipt")
    _nowhere(hall, planted.values())


@contextmanager
def held_still(service):
    """A service that runs but does nothing meanwhile."""
    service.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        service.process.send_signal(signal.SIGCONT)


def hall_say(hall, person, text: str) -> dict:
    """The same person from another connection."""
    return httpx.post(f"{hall.address}/api/chat", json={"session": person.session, "text": text}, timeout=60, trust_env=False).json()


def _wait_for_receipt(person) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        person.say("查进度")
        if receipt := person.reply("receipt"):
            return receipt["data"]["number"]
        time.sleep(1)
    raise AssertionError(person.words)


def _drafts(hall) -> int:
    """How many drafts the intake service has taken in."""
    with closing(sqlite3.connect(hall.settings.intake_database.removeprefix("sqlite:///"))) as db:
        return db.execute("select count(*) from drafts").fetchone()[0]


def _nowhere(hall, values) -> None:
    """None of the values stands readable in a database or a log."""
    files = [hall.settings.database.removeprefix("sqlite:///"), hall.settings.intake_database.removeprefix("sqlite:///")]
    paths = [path for name in files for path in serve.Path(name).parent.glob(serve.Path(name).name + "*")]
    paths += [service.log for service in hall.services.values()]
    for path in paths:
        content = path.read_bytes()
        for value in values:
            assert value.encode() not in content, f"{path} 里有 {value}"
