"""Newer knowledge is taken into use while people talk."""

import os
import shutil
from datetime import datetime

import pytest

from actions.memory import Kit, turn
from channels.renewal import Renewal, open_books
from records.store import Store, migrate
from settings import ROOT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "var" / "index", tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def kit(folder, tmp_path):
    database = f"sqlite:///{tmp_path}/talks.db"
    migrate(database)
    return Kit(open_books(folder, None), Store(database, "k" * 32), lambda: datetime(2026, 11, 21), "民权县", "MQ", lambda: None)


def rebuilt(folder):
    later = (folder / "index.json").stat().st_mtime + 1
    os.utime(folder / "index.json", (later, later))


def test_a_turn_ends_with_the_books_it_began_with(kit, folder):
    renewal, old = Renewal(kit, folder, None), kit.books
    renewal.look()
    assert kit.books is old
    rebuilt(folder)
    with turn(kit, "somebody") as current:
        renewal.look()
        assert current.kit.books is old and kit.books is not old
    assert kit.index.search("我要开奶茶店").hits[0].matter == 22


def test_what_cannot_be_used_leaves_the_old_in_use(kit, folder, caplog):
    renewal, old = Renewal(kit, folder, None), kit.books
    about = (folder / "index.json").read_text("utf-8")
    (folder / "index.json").write_text(about.replace('"lexicon": "', '"lexicon": "0'), "utf-8")
    rebuilt(folder)
    renewal.look()
    assert kit.books is old and "新的知识用不了，还用原来的" in caplog.text and "说法表" in caplog.text


def test_an_index_that_is_just_being_exchanged_is_looked_at_later(kit, folder):
    renewal, old = Renewal(kit, folder, None), kit.books
    (folder / "index.json").rename(folder / "elsewhere.json")
    renewal.look()
    assert kit.books is old
    (folder / "elsewhere.json").rename(folder / "index.json")
    rebuilt(folder)
    renewal.look()
    assert kit.books is not old
