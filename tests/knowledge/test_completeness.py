"""What the fifty guides and the hotline knowledge promise as a whole."""

import re
from collections import Counter

import pytest

from knowledge.catalogue import load
from knowledge.checks import bare

CATALOGUE = load()
GUIDES = sorted(CATALOGUE.guides.values(), key=lambda guide: guide.number)
# Matters whose published name leaves something out; people outside it must be told what to do instead.
SCOPED = [guide for guide in GUIDES if re.search(r"300平米以下|不含|非医疗类", guide.title)]


def test_every_matter_of_the_list_has_a_guide():
    assert [guide.number for guide in GUIDES] == list(range(1, 51))
    assert not any(matter.asks for matter in CATALOGUE.matters.values()), "asks belong to the guide once it is written"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.id)
def test_a_guide_is_complete(guide):
    assert len(guide.asks) >= 60 and len({bare(ask) for ask in guide.asks}) == len(guide.asks)
    assert len(guide.facts) >= 8 and all(fact.asks for fact in guide.facts)
    assert len(guide.steps) >= 3 and len(guide.mistakes) >= 3 and guide.items and guide.materials and guide.questions and guide.conditions
    cited = [item for item in guide.items if item.basis]
    assert len(cited) >= len(guide.items) * 0.6, [item.name for item in guide.items if not item.basis]


def test_no_phrasing_belongs_to_two_guides():
    said = Counter(bare(ask) for guide in GUIDES for ask in guide.asks)
    assert not [ask for ask, count in said.items() if count > 1]


@pytest.mark.parametrize("guide", SCOPED, ids=lambda guide: guide.id)
def test_whoever_is_outside_the_published_scope_is_told_what_to_do(guide):
    own = {use.module for use in guide.uses}
    shared = {line.text for name in own for line in CATALOGUE.modules[name].conditions}
    assert any(line.requires and line.otherwise and line.text not in shared for line in guide.conditions)


def test_the_hotline_holds_more_than_the_guides_say():
    assert len(CATALOGUE.hotline) >= 400
    assert all(entry.basis or entry.level == "待核验" for entry in CATALOGUE.hotline.values())
    checked = [entry for entry in CATALOGUE.hotline.values() if entry.status == "已核验"]
    assert all(entry.basis for entry in checked)
    assert len({entry.category.split("/")[0] for entry in CATALOGUE.hotline.values()}) >= 15
