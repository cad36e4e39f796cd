"""Golden conversations through the real dialogue server and the real application, over HTTP.

Each file in conversations/ is a talk: what is said, the turn's status, and words the answer must or must not
contain. `until` goes on by itself (first option, or the example) until a turn has that status; `elsewhere` is somebody
who comes from another place, and {code} the code of the consultation so far.
"""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML


TALKS = sorted((Path(__file__).parent / "conversations").glob("*.yml"))
CONTRACT = Draft202012Validator(json.loads((Path(__file__).parent / "contracts" / "chat-response.schema.json").read_text("utf-8")))


@pytest.mark.parametrize("path", TALKS, ids=lambda path: path.stem)
def test_a_conversation(path, hall, person):
    code, people = None, [person]
    for number, turn in enumerate(YAML(typ="safe", pure=True).load(path.read_text("utf-8")), 1):
        if "elsewhere" in turn:
            person = hall.person()
            people.append(person)
        if "say" in turn:
            person.say(turn["say"].format(code=code))
        code = person.last["consultation"] or code
        if "until" in turn:
            person.go_on_until(turn["until"])
        place = f"{path.stem}，第{number}句「{turn.get('say', '')}」：\n{person.words}"
        CONTRACT.validate(person.last)
        assert person.last["status"] == turn.get("status", turn.get("until", person.last["status"])), f"{person.last['status']} {place}"
        for words in turn.get("hears", []):
            assert words in person.words, f"没有「{words}」 {place}"
        for words in turn.get("never", []):
            assert words not in person.words, f"不该有「{words}」 {place}"
        for kind in turn.get("kinds", []):
            assert person.reply(kind), f"没有 {kind} {place}"
    for one in people:
        one.close()
