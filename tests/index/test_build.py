"""An index is made from one set of knowledge and one model, and says so."""

import json
from dataclasses import replace

import numpy as np
import pytest

from index import embed
from index.build import build
from index.search import Index, StaleIndex
from index.words import normalise, terms


def test_a_changed_entry_makes_the_index_stale(folder, entries, elsewhere):
    changed = [replace(entries[0], text="别的话。"), *entries[1:]]
    with pytest.raises(StaleIndex, match="改动了 1 条.*python -m index build"):
        Index.load(folder, changed, elsewhere)


def test_every_difference_is_named_at_once(folder, entries, elsewhere):
    with pytest.raises(StaleIndex, match="新增了 1 条（m99）；删去了 1 条（m11）；设置的向量模型是 other"):
        Index.load(folder, [*entries[1:], replace(entries[0], id="m99")], elsewhere, "other")


def test_a_missing_index_is_named(tmp_path, entries, elsewhere):
    with pytest.raises(StaleIndex, match="还没有搜索索引.*python -m index build"):
        Index.load(tmp_path / "nothing", entries, elsewhere)


def test_training_is_repeatable():
    texts, labels = ["想开奶茶店", "卖奶茶", "想离婚", "离婚登记"], [1, 1, 2, 2]
    first, second = (embed.train(texts, labels, say=lambda _: None).encode(texts) for _ in range(2))
    assert np.array_equal(first, second)


def test_the_embedded_model_passes_for_any_other(folder, entries, elsewhere, tmp_path):
    path = str(folder / "model")
    build(entries, elsewhere, (), tmp_path / "index", model=path, say=lambda _: None)
    assert Index.load(tmp_path / "index", entries, elsewhere, path).search("想开奶茶店").hits[0].id == "m22"
    assert not (tmp_path / "index" / "model").exists()


def test_only_the_embedded_model_may_bring_code(folder, tmp_path):
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": "strange.Module"}]))
    with pytest.raises(ValueError, match="trust_remote_code"):
        embed.load(strange)


def test_form_width_and_fillers_do_not_count():
    assert normalise("请问，ＫＴＶ 咋 办呢？") == normalise("ktv咋办") == "ktv咋办"


def test_a_slip_of_the_input_method_still_shares_sounds():
    meant = set(terms("网吧"))
    assert meant & set(terms("网巴")) > meant & set(terms("网费"))
