"""改一条看全网: what a change to something shared touches, from the guides' lines to consultations under way."""

from datetime import datetime, timezone

import pytest

from knowledge.catalogue import load
from knowledge.impact import UnknownId, touched
from records.__main__ import impact
from records.store import Store, migrate
from records.talks import Consultation, Talk, new_code, remember

CATALOGUE = load()


def guides(name: str) -> set[str]:
    return {line.guide.id for line in touched(CATALOGUE, name) if line.guide}


def test_a_material_touches_exactly_the_guides_that_ask_for_it():
    for material in list(CATALOGUE.materials)[::12]:
        assert guides(material) == {g.id for g in CATALOGUE.guides.values() if any(use.material == material for use in g.materials)}


def test_a_module_touches_exactly_its_users():
    for module in CATALOGUE.modules:
        assert guides(module) == {g.id for g in CATALOGUE.guides.values() if any(use.module == module for use in g.uses)}


def test_an_article_touches_less_than_its_law_and_hotline_entries_too():
    law, article = list(touched(CATALOGUE, "company_law")), list(touched(CATALOGUE, "company_law 47"))
    assert 0 < len(article) < len(law)
    cited = {entry.id for entry in CATALOGUE.hotline.values() if any(basis.split(" ")[0] == "company_law" for basis in entry.basis)}
    assert cited == {line.says.split("：")[0] for line in law if line.section == "hotline"} and cited


def test_an_unknown_id_is_refused_with_where_to_look():
    with pytest.raises(UnknownId, match="materials.yml"):
        list(touched(CATALOGUE, "nothing"))


def test_consultations_under_way_are_named(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'test.db'}"
    migrate(url)
    store = Store(url, "only for tests, long enough to serve as a key")
    with store.begin() as db:
        for key, stage in (("a", "asking"), ("b", "handed_in")):
            code = new_code(db)
            remember(store, db, Talk(key, "web", Consultation(code, "marriage", "1", "web", stage=stage)), datetime(2026, 11, 21, tzinfo=timezone.utc))
            if stage == "asking":
                waiting = code
    assert impact(store, "couple_id_cards") == 0
    said = capsys.readouterr().out
    assert f"没办完的咨询 {waiting}" in said and "1 个没办完的咨询" in said and "材料：男女双方的居民身份证" in said
    assert impact(store, "nothing") == 1 and "没有编号是「nothing」" in capsys.readouterr().err
    store.engine.dispose()
