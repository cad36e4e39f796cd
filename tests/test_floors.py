"""The floors of the house: who may know whom. And no matter, material or field is named outside the knowledge."""

import ast
import re
from pathlib import Path

import pytest

from knowledge.catalogue import load

ROOT = Path(__file__).parent.parent
FLOORS = {
    "knowledge": {"settings"},
    "consult": {"knowledge", "settings"},
    "index": {"knowledge", "settings"},
    "records": {"knowledge", "settings"},
    "actions": {"knowledge", "consult", "index", "records"},
    "channels": {"knowledge", "consult", "index", "records", "actions", "settings"},
    "intake": {"settings"},
    "bot": set(),
    "simulate": {"knowledge", "consult", "index", "actions", "intake", "settings", "serve"},
}
HOUSE = set(FLOORS) | {"settings"}
DOORS = {"settings": {"channels/app.py", "channels/terminal.py", "channels/wechat/__main__.py", "intake/app.py", "index/__main__.py", "simulate/hall.py", "simulate/check.py", "simulate/bench.py", "records/__main__.py",
                      "knowledge/__main__.py", "consult/__main__.py"}}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".")[0] for name in names} & HOUSE


@pytest.mark.parametrize("room", FLOORS)
def test_a_room_knows_only_the_floors_below(room):
    for path in modules(room):
        above = imported(path) - FLOORS[room] - {room}
        assert not above, f"{path.relative_to(ROOT)} 引用了不该引用的 {above}"


def test_settings_are_read_only_at_the_doors():
    for room in FLOORS:
        for path in modules(room):
            if "settings" in imported(path):
                assert str(path.relative_to(ROOT)) in DOORS["settings"]


def test_the_engine_is_pure():
    """No framework, file, clock or network in consult/ (its command line reads the clock and prints)."""
    impure = re.compile(r"\b(open\(|requests|httpx|sqlalchemy|fastapi|rasa|datetime\.now|time\.time|socket|urllib)\b")
    for path in modules("consult"):
        if path.name != "__main__.py":
            assert not impure.search(path.read_text("utf-8")), path


def test_no_id_of_the_knowledge_stands_in_the_code():
    """A guide is a file: what it is called must not matter to the programme."""
    catalogue = load()
    distinctive = {name for name in {*catalogue.by_id, *catalogue.materials, *catalogue.fields} if "_" in name}
    named = re.compile("|".join(rf"[\"'/]{name}[\"'/]" for name in sorted(distinctive)))
    code = [path for room in FLOORS for path in modules(room)] + [ROOT / "domain.yml", ROOT / "serve.py", ROOT / "settings.py"]
    for path in code:
        assert not (found := named.search(path.read_text("utf-8"))), f"{path}: {found and found.group()}"
