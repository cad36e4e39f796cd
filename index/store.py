"""What an index folder is made from, and whether that is still so."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from index.embed import encode
from index.lexicon import Lexicon
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

FORMAT = 4  # raise it when what is stored changes, or how it is learned
REMEDY = "请运行 .venv/bin/python -m index build"
_PROBE = "想开个小饭店要带什么材料"


class StaleIndex(Exception):
    """The index is missing, or was made from other knowledge or another model than is in use now."""


@dataclass(frozen=True)
class About:
    """index.json: the hashes of what the index was made from, and what was measured."""

    format: int
    model: str | None
    probe: str
    lexicon: str
    entries: dict[str, str]
    elsewhere: str
    limits: dict[str, float]
    curve: list[tuple[float, float, float]]

    def save(self, folder: Path) -> None:
        (folder / "index.json").write_text(json.dumps(vars(self), ensure_ascii=False, indent=1), "utf-8")


def read(folder: Path) -> About:
    """What the index under `folder` was made from; raises StaleIndex if there is none that this programme can read."""
    try:
        stored = json.loads((folder / "index.json").read_text("utf-8"))
    except FileNotFoundError:
        raise StaleIndex(f"还没有搜索索引（{folder}）。{REMEDY}") from None
    if stored.get("format") != FORMAT:
        raise StaleIndex(f"搜索索引过时了：索引的格式是旧的。{REMEDY}")
    return About(**stored)


def built(folder: Path) -> int:
    """When the index under `folder` was built, in nanoseconds; 0 while there is none."""
    try:
        return (folder / "index.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def differences(about: About, entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], lexicon: Lexicon, model: str | None) -> Iterable[str]:
    """Every way in which the index is not about the knowledge and model in use."""
    now, then = {entry.id: content_hash(entry) for entry in entries}, about.entries
    changed = [id for id in now if id in then and now[id] != then[id]]
    for what, ids in (("新增", now.keys() - then.keys()), ("改动", changed), ("删去", then.keys() - now.keys())):
        if ids:
            yield f"{what}了 {len(ids)} 条（{'、'.join(sorted(ids)[:3])}{' 等' if len(ids) > 3 else ''}）"
    if list(now) != list(then) and now.keys() == then.keys():
        yield "条目的顺序变了"
    if content_hash(elsewhere) != about.elsewhere:
        yield "不归我们的事 knowledge/elsewhere/ 改过"
    if lexicon.fingerprint != about.lexicon:
        yield "说法表 knowledge/lexicon.yml 改过"
    if model != about.model:
        yield f"设置的向量模型是 {model or '项目自己训练的'}，索引用的是 {about.model or '项目自己训练的'}"


def content_hash(record: Entry | Sequence[Elsewhere]) -> str:
    """Changes whenever anything about the record does."""
    return sha256(repr(record).encode()).hexdigest()[:16]


def fingerprint(model: SentenceTransformer) -> str:
    """Tells models apart by what they make of one sentence."""
    return sha256(np.round(encode(model, [_PROBE])[0], 2).tobytes()).hexdigest()[:16]
