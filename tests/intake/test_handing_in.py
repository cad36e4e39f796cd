"""What the service answers, draft by draft."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_a_sound_draft_gets_a_receipt(client, draft, hand_in):
    answer = hand_in(client, draft)
    assert answer.status_code == 201
    assert answer.json().keys() == {"number", "status", "received_at"}
    assert answer.json()["status"] == "已收件"
    assert re.fullmatch(r"MQ\d{8}-0001", answer.json()["number"])
    assert answer.json()["received_at"].endswith("+08:00")


def test_the_same_draft_gets_the_same_receipt(client, draft, hand_in):
    first = hand_in(client, draft)
    again = hand_in(client, dict(reversed(draft.items())))
    assert (again.status_code, again.content) == (201, first.content)


def test_other_content_under_the_same_key_is_refused(client, draft, hand_in):
    first = hand_in(client, draft)
    answer = hand_in(client, draft | {"hall": "另一个大厅"})
    assert answer.status_code == 409
    assert "内容不同" in answer.json()["error"] and "新的 reference" in answer.json()["error"]
    assert hand_in(client, draft).content == first.content


def test_a_missing_key_is_refused(client, draft):
    answer = client.post("/drafts", json=draft)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]


def test_a_key_that_is_not_the_reference_is_refused(client, draft, hand_in):
    answer = hand_in(client, draft, key="YCB-20261121-OTHER")
    assert answer.status_code == 422
    assert [fault["place"] for fault in answer.json()["faults"]] == ["Idempotency-Key"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": "\\ud800"}', b"\xff\xfe\xfa", b"[" * 200_000],
    ids=["empty", "cut off", "not a number", "infinite", "half a character", "not UTF-8", "too deep"],
)
def test_what_is_not_json_is_refused(client, body):
    answer = client.post("/drafts", content=body, headers={"Idempotency-Key": "YCB-20261121-A7K2M9"})
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


def test_a_draft_over_a_megabyte_is_refused(client, draft, hand_in):
    draft["fields"][0]["value"] = "长" * 400_000
    answer = hand_in(client, draft)
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["error"]


def test_many_faults_are_named_at_once(client, draft, hand_in):
    del draft["hall"]
    draft["applicant"]["mobile"] = "12345"
    draft["items"][1]["after"] = ["nowhere"]
    draft["items"][2]["tier"] = "村"
    answer = hand_in(client, draft)
    assert answer.status_code == 422
    assert "4 处问题" in answer.json()["error"]
    assert {fault["place"] for fault in answer.json()["faults"]} == {
        "hall", "applicant/mobile", "items/1/after/0", "items/2/tier",
    }


def test_progress_names_no_person(client, draft, hand_in):
    receipt = hand_in(client, draft).json()
    answer = client.get(f"/drafts/{receipt['number'].lower()}")
    assert answer.json() == receipt | {
        "reference": draft["reference"],
        "matter": "开茶馆一件事",
        "items": [
            {"id": "register", "name": "设立登记", "department": "县市场监督管理局", "status": "待分发"},
            {"id": "serve", "name": "饮食备案", "department": "县市场监督管理局", "status": "待分发"},
            {"id": "sign", "name": "招牌设置", "department": "乡镇人民政府", "status": "另行办理"},
        ],
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/drafts/MQ20261121-0404", 404, "没有这个收件编号"),
        ("GET", "/nowhere", 404, "没有这个地址"),
        ("DELETE", "/drafts", 405, "不支持"),
    ],
)
def test_what_is_not_there_is_said_in_chinese(client, method, path, status, words):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_the_service_says_that_it_is_well(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_one_draft_sent_many_times_at_once_is_received_once(client, draft, hand_in):
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: hand_in(client, draft), range(48)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1


def test_drafts_sent_at_once_get_running_numbers(client, start, draft, hand_in):
    other_process = type(client)(start())
    drafts = [draft | {"reference": f"YCB-{place:08d}"} for place in range(60)]
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(hand_in, [client, other_process] * 30, drafts))
    numbers = sorted(answer.json()["number"].split("-")[1] for answer in answers)
    assert numbers == [f"{place:04d}" for place in range(1, 61)]


def test_no_personal_data_is_logged_or_answered(client, draft, hand_in, caplog):
    caplog.set_level(0)
    private = ["张试样", "13800138000", "411421190001010018", "试样街", "李试样"]
    broken = draft | {"applicant": {"name": ["张试样"], "mobile": "+8613800138000000"}, "delivery": "试样街1号"}
    said = [hand_in(client, body).text for body in (broken, draft, draft | {"hall": "另一个大厅"})]
    said += [caplog.text, client.get(f"/drafts/{hand_in(client, draft).json()['number']}").text]
    assert "收到草稿" in caplog.text
    assert not [word for word in private for text in said if word in text]
