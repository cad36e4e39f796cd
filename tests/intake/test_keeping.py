"""What the service keeps, through restarts, full disks and wrong keys."""

from datetime import datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from intake import register
from intake.app import from_environment
from intake.cipher import make_cipher
from intake.database import alembic_config, open_database, writing


def test_a_restart_changes_no_receipt(start, draft, hand_in):
    with TestClient(start()) as before:
        first = hand_in(before, draft)
        progress = before.get(f"/drafts/{first.json()['number']}")
    with TestClient(start()) as after:
        assert hand_in(after, draft).content == first.content
        assert after.get(f"/drafts/{first.json()['number']}").content == progress.content
        assert hand_in(after, draft | {"reference": "YCB-NEXT-ONE"}).json()["number"].endswith("-0002")


def test_nothing_readable_about_a_person_lies_on_the_disk(start, draft, hand_in, tmp_path):
    with TestClient(start()) as client:
        hand_in(client, draft)
        kept = b"".join(path.read_bytes() for path in (tmp_path / "var").iterdir())
    assert draft["reference"].encode() in kept
    for word in ("张试样", "13800138000", "411421190001010018", "试样街"):
        assert word.encode() not in kept


def test_another_data_key_is_noticed_before_the_doors_open(start, draft, hand_in):
    hand_in(TestClient(start()), draft)
    with pytest.raises(register.WrongDataKey, match="口令"):
        start("some other key that is long enough too")


def test_a_full_disk_loses_nothing(start, draft, hand_in):
    app = start()
    client = TestClient(app)
    first = hand_in(client, draft)
    large = draft | {"reference": "YCB-LARGE-ONE", "hall": "大" * 100_000}
    room = {"pages": 0}  # SQLite grants no fewer pages than are in use
    event.listen(app.state.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {room['pages']}"))
    app.state.engine.dispose()
    room["pages"] = 1
    refused = hand_in(client, large)
    assert refused.status_code == 507
    assert "存储空间已满" in refused.json()["error"] and "没有收下" in refused.json()["error"]
    assert hand_in(client, draft).content == first.content
    assert client.get(f"/drafts/{first.json()['number']}").status_code == 200
    room["pages"] = 1_000_000
    app.state.engine.dispose()
    assert hand_in(client, large).json()["number"].endswith("-0002")


def test_a_database_that_is_locked_asks_for_patience(start, draft, hand_in, monkeypatch):
    monkeypatch.setattr("intake.database.PATIENCE", 0.05)
    app = start()
    with writing(app.state.engine).begin():
        answer = hand_in(TestClient(app), draft)
    assert answer.status_code == 503
    assert "没有收下" in answer.json()["error"]
    assert hand_in(TestClient(app), draft).status_code == 201


def test_a_defect_is_answered_in_chinese(client, draft, hand_in, monkeypatch):
    monkeypatch.setattr("intake.register.find_faults", lambda draft, key: 1 / 0)
    answer = hand_in(client, draft)
    assert answer.status_code == 500
    assert "故障" in answer.json()["error"]


def test_numbers_begin_anew_each_day_in_china(tmp_path, draft):
    engine, cipher = open_database(f"sqlite:///{tmp_path}/intake.db"), make_cipher("a key")
    late = datetime.fromisoformat("2026-11-21T15:59:59+00:00")

    def number(reference: str, now: datetime) -> str:
        return register.receive(engine, cipher, "SQ", reference, draft | {"reference": reference}, now).number

    assert number("YCB-00001", late) == "SQ20261121-0001"
    assert number("YCB-00002", late) == "SQ20261121-0002"
    assert number("YCB-00003", late + timedelta(seconds=1)) == "SQ20261122-0001"


def test_a_draft_once_taken_is_not_judged_again(start, draft, hand_in, monkeypatch):
    client = TestClient(start())
    first = hand_in(client, draft)
    monkeypatch.setattr("intake.register.find_faults", lambda draft, key: [{"place": "hall", "message": "更严了"}])
    assert hand_in(client, draft).content == first.content
    assert hand_in(client, draft | {"reference": "YCB-NEXT-ONE"}).status_code == 422


@pytest.mark.parametrize("change", ["UPDATE events SET what = 'lost'", "DELETE FROM events"])
def test_events_are_never_rewritten(start, draft, hand_in, change):
    app = start()
    hand_in(TestClient(app), draft)
    with pytest.raises(IntegrityError, match="只能追加"), app.state.engine.begin() as connection:
        connection.execute(text(change))


def test_the_migrations_make_what_the_models_say(start):
    with writing(start().state.engine).connect() as connection:
        command.check(alembic_config(connection))


def test_the_file_is_in_write_ahead_mode(start):
    with start().state.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 30_000


def test_the_installation_decides_where_and_under_which_prefix(draft, hand_in, tmp_path, monkeypatch):
    monkeypatch.setenv("YICIBAN_INTAKE_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/drafts.db")
    monkeypatch.setenv("YICIBAN_DATA_KEY", "only for tests, and long enough for that")
    monkeypatch.setenv("YICIBAN_RECEIPT_PREFIX", "SQ")
    assert hand_in(TestClient(from_environment()), draft).json()["number"].startswith("SQ")
    assert (tmp_path / "elsewhere" / "drafts.db").exists()
