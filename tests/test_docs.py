"""The README says what there is: every command and every setting."""

import re

from settings import ROOT, Settings

README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_is_in_the_readme():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for target in targets:
        assert f"make {target}" in README, target


def test_every_setting_is_in_the_readme():
    for name in Settings.model_fields:
        assert f"YICIBAN_{name.upper()}" in README, name


def test_every_decision_is_a_page_of_its_own():
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, page
