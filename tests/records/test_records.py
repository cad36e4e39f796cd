"""The records: talks remembered and sealed, notices replayed word for word, drafts sent exactly once."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event

from actions import intake
from records import notices, outbox
from records.models import Base, ConsultationRow
from records.__main__ import remarks
from records.remarks import Remark, keep, kept
from records.retention import purge
from records.store import Store, StorageUnavailable, migrate
from records.talks import Consultation, Talk, new_code, recall, remember, talk_key

NOW = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)
KEY = "only for tests, long enough to serve as a key"


@pytest.fixture
def store(tmp_path):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    opened = Store(url, KEY)
    yield opened
    opened.engine.dispose()


def consultation(store, **more) -> str:
    with store.begin() as db:
        code = new_code(db)
        talk = Talk(talk_key("web", "me"), "web", Consultation(code, "guide", "1", "web", **more), [{"label": "甲", "value": "a", "payload": "/a"}], "想开店")
        remember(store, db, talk, NOW)
    return code


def test_a_talk_is_remembered_and_its_secrets_are_sealed(store):
    code = consultation(store, answers={"q": {"value": "x", "said": "悄悄话"}}, fields={"name": "慕容测试"})
    with store.begin() as db:
        talk = recall(store, db, talk_key("web", "me"))
    assert talk.consultation.code == code and talk.consultation.fields == {"name": "慕容测试"} and talk.wish == "想开店"
    content = b"".join(path.read_bytes() for path in Path(store.engine.url.database).parent.glob("test.db*"))
    assert "慕容测试".encode() not in content and "悄悄话".encode() not in content


def test_a_code_that_somebody_has_is_not_given_again(store, monkeypatch):
    taken, free = consultation(store), "AC2DE3"
    drawn = iter(taken + free)
    monkeypatch.setattr("records.talks.secrets.choice", lambda _: next(drawn))
    with store.begin() as db:
        assert new_code(db) == free


def test_codes_are_easy_to_read_aloud(store):
    with store.begin() as db:
        codes = [new_code(db) for _ in range(200)]
    for code in codes:
        assert not set(code) & set("IOQZ01BSUVL") and code[2].isdigit() and code[5].isdigit()


def test_a_notice_is_replayed_as_told_and_the_same_content_keeps_its_number(store):
    code = consultation(store)
    with store.begin() as db:
        first = notices.issue(db, code, "MQ", {"a": 1}, lambda number: f"告知 {number}", NOW)
        again = notices.issue(db, code, "MQ", {"a": 1}, lambda number: "别的话", NOW)
        other = notices.issue(db, code, "MQ", {"a": 2}, lambda number: f"告知 {number}", NOW)
        assert first.number == again.number == "MQGZ20261121-0001" and other.number == "MQGZ20261121-0002"
    with store.begin() as db:
        assert notices.replay(db, "MQGZ20261121-0001").told == "告知 MQGZ20261121-0001"
        assert notices.replay(db, "MQGZ20261121-9999") is None


def test_a_draft_is_kept_until_it_is_sent_and_then_forgotten(store, httpx_intake):
    code = consultation(store, fields={"name": "慕容测试"})
    with store.begin() as db:
        outbox.post(store, db, "MQ-AAAAAA-1", code, "a" * 64, {"reference": "MQ-AAAAAA-1", "consultation": code}, NOW)
        outbox.post(store, db, "MQ-AAAAAA-1", code, "a" * 64, {"other": True}, NOW)
    deliver = httpx_intake([httpx.ConnectError("down"), (500, {}), (201, {"number": "R1", "status": "已收件", "received_at": "now"})])
    for state in ("waiting", "waiting", "sent", "sent"):
        deliver()
        with store.begin() as db:
            assert outbox.look(db, "MQ-AAAAAA-1").state == state
    with store.begin() as db:
        assert outbox.look(db, "MQ-AAAAAA-1").number == "R1"
        assert recall(store, db, talk_key("web", "me")).consultation.fields == {}


def test_a_refused_draft_keeps_its_faults(store, httpx_intake):
    code = consultation(store)
    with store.begin() as db:
        outbox.post(store, db, "MQ-AAAAAA-2", code, "a" * 64, {"consultation": code}, NOW)
    httpx_intake([(422, {"error": "有错", "faults": [{"place": "fields/0", "message": "手机号不对"}]})])()
    with store.begin() as db:
        posted = outbox.look(db, "MQ-AAAAAA-2")
    assert posted.state == "refused" and posted.faults[0]["message"] == "手机号不对"


def test_a_full_disk_is_named_and_changes_nothing(store):
    code = consultation(store)
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(StorageUnavailable):
        with store.begin() as db:
            notices.issue(db, code, "MQ", {"long": "长" * 100_000}, lambda number: "告" * 100_000, NOW)
    with store.begin() as db:
        assert notices.replay(db, "MQGZ20261121-0001") is None


def test_what_was_said_is_forgotten_on_time_and_notices_stay(store):
    code = consultation(store, answers={"q": {"value": "x", "said": "话"}}, fields={"name": "慕容测试"})
    with store.begin() as db:
        number = notices.issue(db, code, "MQ", {"a": 1}, lambda number: "告知", NOW).number
        assert purge(store, db, NOW) == 0
    with store.begin() as db:
        assert purge(store, db, NOW + timedelta(days=1)) == 1 and purge(store, db, NOW + timedelta(days=1)) == 0
        assert recall(store, db, talk_key("web", "me")).consultation is None
        assert store.unseal(db.get(ConsultationRow, code).sealed) == {"answers": {}, "fields": {}}
        assert notices.replay(db, number).told == "告知"


def test_the_migrations_make_the_tables_of_the_models(store):
    with store.engine.connect() as connection:
        assert not compare_metadata(MigrationContext.configure(connection), Base.metadata)


@pytest.fixture
def httpx_intake(store):
    """A city's intake platform at the wire: gives the next of the prepared answers, an exception included."""
    def make(answers: list):
        def answer(request: httpx.Request) -> httpx.Response:
            assert request.headers["Idempotency-Key"].startswith("MQ-")
            given = answers.pop(0)
            if isinstance(given, Exception):
                raise given
            return httpx.Response(given[0], json=given[1])
        return intake.sender(store, "http://intake", httpx.MockTransport(answer))
    return make


def test_what_was_not_answered_is_kept_sealed_without_long_numbers_and_deleted_on_time(store, capsys):
    with store.begin() as db:
        keep(store, db, Remark("unanswered", "no_match", "我电话13800001234，慕容测试问点事", "AC2DE3"), NOW)
        keep(store, db, Remark("praise", "", "办得真快", None), NOW)
    assert remarks(store, "unanswered") == 0
    told = capsys.readouterr().out
    assert "没听明白" in told and "*******1234" in told and "13800001234" not in told and "办得真快" not in told
    content = b"".join(path.read_bytes() for path in Path(store.engine.url.database).parent.glob("test.db*"))
    assert "慕容测试".encode() not in content
    with store.begin() as db:
        purge(store, db, NOW + timedelta(days=1))
        assert not list(kept(store, db))
