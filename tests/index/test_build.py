"""An index is made from one set of knowledge and one model, and says so."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

from index import embed
from index.build import build
from index.embed import encode
from index.places import Places
from index.search import Index, StaleIndex
from index.vectors import Vectors, make_vectors
from index.words import normalise, sounds, terms


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


def test_a_small_change_embeds_only_what_is_new_and_keeps_what_was_learned(folder, entries, elsewhere, tmp_path, monkeypatch):
    shutil.copytree(folder, tmp_path / "index")
    monkeypatch.setattr("index.build.WORN", 0.05)
    embedded = []
    monkeypatch.setattr("index.embed.encode", lambda model, texts: embedded.extend(texts) or encode(model, texts))
    changed = [replace(entries[0], asks=(*entries[0].asks, "涮毛肚的门面")), *entries[1:]]
    build(changed, elsewhere, (), tmp_path / "index", say=lambda _: None)
    assert embedded.count("涮毛肚的门面") == 1 and not set(entries[1].asks) & set(embedded)
    assert (tmp_path / "index" / "judge.npz").read_bytes() == (folder / "judge.npz").read_bytes()
    assert Index.load(tmp_path / "index", changed, elsewhere).search("涮毛肚的门面").hits[0].id == "m11"


def test_a_model_of_the_bert_type_takes_the_place_of_ours(entries, elsewhere, tmp_path):
    """A tiny transformer, made here and untrained: the switch is what is tested, not how good it is."""
    torch.manual_seed(0)
    words = sorted({character for entry in entries for text in (entry.title, *entry.asks) for character in text})
    (tmp_path / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]), "utf-8")
    tokenizer = BertTokenizerFast(vocab=str(tmp_path / "vocab.txt"))
    bert = BertModel(BertConfig(vocab_size=len(words) + 5, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32))
    for part in (tokenizer, bert):
        part.save_pretrained(tmp_path / "bert")
    transformer = Transformer(str(tmp_path / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(transformer.get_embedding_dimension())]).save(str(tmp_path / "model"), create_model_card=False)
    build(entries, elsewhere, (), tmp_path / "index", model=str(tmp_path / "model"), say=lambda _: None)
    index = Index.load(tmp_path / "index", entries, elsewhere, str(tmp_path / "model"))
    seen = index.opinion(index.understand("想开个卖奶茶的店"))
    assert index.entry(seen.ranked[0][0]).id == "m22" and index.parts.vectors.means.d == 32
    with pytest.raises(StaleIndex, match="设置的向量模型是 项目自己训练的"):
        Index.load(tmp_path / "index", entries, elsewhere)


def test_other_business_that_changed_makes_the_index_stale(folder, entries, elsewhere):
    with pytest.raises(StaleIndex, match="不归我们的事.*改过"):
        Index.load(folder, entries, elsewhere[1:])


@pytest.mark.parametrize("said, meant", [("開奶茶店", "开奶茶店"), ("營業執照怎麼辦", "营业执照怎么办")])
def test_traditional_characters_are_read_as_simplified(said, meant):
    assert normalise(said) == meant


def test_speech_and_pinyin_share_the_sounds_of_what_is_meant():
    assert sounds("山上") == sounds("三桑")
    assert set(terms("kainaichadian")) & {term for term in terms("开奶茶店") if term[0] == "s"}
    places = Places({"平顶山市", "南阳市"}, ["各地"])
    assert places.taken_from("那个平定山市那边咋弄") == ("那个咋弄", {"平顶山市"})
    assert places.taken_from("男演员咋办证") == ("男演员咋办证", set())
    assert places.taken_from("各地都咋规定") == ("都咋规定", {"平顶山市", "南阳市"})


def test_of_very_many_targets_the_nearest_are_found_without_looking_at_all(tmp_path):
    draw = np.random.default_rng(0)
    rows = draw.standard_normal((21_000, 32)).astype(np.float32)
    rows = rows[draw.integers(300, size=21_000)] + 0.2 * rows  # in groups, as what people say is
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    make_vectors(rows, [1] * len(rows)).save(tmp_path / "vectors.faiss")
    found = Vectors.load(tmp_path / "vectors.faiss")
    asked = rows[::300]
    nearest = np.argsort(-(asked @ rows.T), axis=1)[:, :10]
    shared = [len({*found.near(one, 10)} & {*best}) / 10 for one, best in zip(asked, nearest)]
    assert np.mean(shared) >= 0.95
    assert np.allclose(found.cosines(asked[0], nearest[0]), rows[nearest[0]] @ asked[0], atol=1e-4)
