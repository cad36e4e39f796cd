"""Broken drafts, one small file a mistake: what to change in the sound draft, and what must be said where."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from intake.faults import MESSAGES, SCHEMA, find_faults

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yml"))
SILENT = {
    "$schema", "$id", "$defs", "$ref", "title", "description",
    "properties", "items", "if", "then", "allOf", "required", "additionalProperties",
}


def change(draft: dict, place: str, value: object = None, drop: bool = False) -> None:
    """Set, or drop, what stands at a place such as "items/0/name"."""
    *steps, last = [int(step) if step.isdigit() else step for step in place.split("/")]
    for step in steps:
        draft = draft[step]
    if drop:
        del draft[last]
    else:
        draft[last] = value


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_fault_is_named_with_its_place(draft, path):
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    key = draft["reference"]
    for place, value in case.get("set", {}).items():
        change(draft, place, value)
    for place in case.get("drop", []):
        change(draft, place, drop=True)
    said = {fault["place"]: fault["message"] for fault in find_faults(draft, key)}
    assert said.keys() == case["says"].keys()
    assert not [(place, said[place]) for place, words in case["says"].items() if words not in said[place]]


@pytest.mark.parametrize("whole", [None, 7, "文字", [], [{}]])
def test_what_is_no_object_at_all_is_one_fault_of_the_whole(whole):
    faults = {fault["place"]: fault["message"] for fault in find_faults(whole, "YCB-20261121-A7K2M9")}
    assert "一组键和值" in faults["整份草稿"]


@pytest.mark.parametrize("section", ["guide", "questions", "items", "unmet", "materials", "fields", "applicant"])
@pytest.mark.parametrize("shape", [None, 7, "文字", {}, [None], [7], [{}], [{"id": [], "after": {}, "items": 3}]])
def test_no_shape_is_too_strange_to_be_refused(draft, section, shape):
    draft[section] = shape
    assert find_faults(draft, draft["reference"])


@pytest.mark.parametrize(
    "value",
    ["411421190001010018", "412323190001010016", "810000190001010018", "41142119000101019x"],
    ids=["code of 1997", "code until 1997", "Hong Kong permit", "small x"],
)
def test_a_resident_id_is_good_whatever_its_area_code(draft, value):
    draft["fields"][1]["value"] = value
    assert find_faults(draft, draft["reference"]) == []


def test_the_schema_is_sound_and_every_keyword_has_its_words():
    Draft202012Validator.check_schema(SCHEMA)
    assert set(keywords(SCHEMA)) - SILENT == MESSAGES.keys()


def test_every_value_is_described_and_every_object_closed():
    for schema in schemas(SCHEMA):
        assert "description" in schema or "if" in schema
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])


def schemas(schema: dict):
    """A schema and all that it is made of."""
    yield schema
    for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("allOf", [])):
        yield from schemas(part)
    if "items" in schema:
        yield from schemas(schema["items"])


def keywords(schema: dict):
    """Every keyword that a schema uses."""
    for part in schemas(schema):
        yield from part
        yield from (word for value in part.get("then", {}).get("properties", {}).values() for word in value)
