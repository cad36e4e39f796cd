"""How fast the search is, on this knowledge and with a city's; beside bm25s and the nearest phrasing in a flat index.

Speed is measured here and nowhere in the tests. Every question of the examination is asked; the first round warms up.
"""

import os
import random
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import faiss
import jieba
import numpy as np

from index import embed
from index.build import build
from index.rivals import WAYS
from index.search import Index
from knowledge.entries import Entry
from knowledge.schema import Trial

NOISE = 0.35  # how far the made-up vectors lie from the real ones they are made from
_TYPES = {"Flat": 0, "HNSW32": 64, "IVF4096,Flat": 32, "IVF4096,SQ8": 32}  # FAISS index types, and how hard each searches


def speed(index: Index, said: Sequence[str], say: Callable[[str], None]) -> None:
    """One question at a time, ours and off the shelf; then many on all cores."""
    say(f"本项目（从一句话到结果）：{_times(index.search, said)}")
    for name in ("bm25s + jieba", "sentence-transformers + FAISS 平铺"):
        say(f"{name}：{_times(WAYS[name](index), said)}")
    global _shared
    _shared = index
    many, cores = list(said) * 5, os.cpu_count() or 1
    with ProcessPoolExecutor(cores, get_context("fork")) as pool:
        list(pool.map(_ask, said, chunksize=100))
        began = time.perf_counter()
        list(pool.map(_ask, many, chunksize=100))
        say(f"成批：{len(many) / (time.perf_counter() - began):,.0f} 个问题一秒（{cores} 核）")


def city(index: Index, trials: Sequence[Trial], said: Sequence[str], say: Callable[[str], None], count: int) -> None:
    """The same with as many hotline entries as a city has, made from the real ones."""
    entries = [*index.entries, *grown(index.entries, count)]
    with TemporaryDirectory() as place:
        began = time.perf_counter()
        big = build(entries, index.elsewhere, trials, Path(place) / "index", None, lambda _: None)
        say(f"{count:,} 条知识点：建索引 {time.perf_counter() - began:.0f} 秒；{_times(big.search, said)}；"
            f"这个进程最多用过 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024:.1f} GB 内存")


def million(index: Index, say: Callable[[str], None], sizes: Sequence[int] = (10_000, 100_000, 1_000_000)) -> list[tuple[str, int, float, float, float]]:
    """FAISS index types as the vectors grow: (type, vectors, seconds to build, recall@10 against exact, milliseconds a query)."""
    texts = [text for target in index.parts.targets for text in target.texts]
    real = embed.encode(index.parts.model, texts)
    draw, found = np.random.default_rng(0), []
    queries = _near(real, 500, draw)
    for size in sizes:
        rows = _near(real, size, draw)
        exact = None
        for kind, effort in _TYPES.items():
            if "IVF4096" in kind and size < 100_000:
                continue
            began = time.perf_counter()
            table = faiss.index_factory(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
            if not table.is_trained:
                table.train(rows[draw.choice(size, min(size, 4096 * 40), replace=False)])
            if "HNSW" in kind:
                table.hnsw.efSearch = effort
            elif effort:
                table.nprobe = effort
            table.add(rows)
            built = time.perf_counter() - began
            began = time.perf_counter()
            nearest = np.concatenate([table.search(query[None], 10)[1] for query in queries])
            each = 1000 * (time.perf_counter() - began) / len(queries)
            exact = nearest if exact is None else exact
            recall = float(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(nearest, exact)]))
            found.append((kind, size, built, recall, each))
            say(f"{size:>9,} 个向量，{kind}：建 {built:.1f} 秒，recall@10 {recall:.3f}，一次 {each:.2f} 毫秒")
    return found


def grown(entries: Sequence[Entry], count: int) -> list[Entry]:
    """As many hotline entries as wanted, each a real one with about a third of its words changed for others of the knowledge."""
    draw, real = random.Random(0), [entry for entry in entries if entry.kind == "hotline"]
    words = [word for entry in real for word in jieba.cut(entry.title) if len(word) > 1]

    def changed(text: str) -> str:
        return "".join(draw.choice(words) if len(word) > 1 and draw.random() < 0.35 else word for word in jieba.cut(text))
    found = []
    for number in range(count):
        entry = draw.choice(real)
        found.append(replace(entry, id=f"made_{number}", title=changed(entry.title), asks=tuple(changed(ask) for ask in draw.sample(entry.asks, 3))))
    return found


def _near(real: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """Made-up unit vectors around the real ones."""
    rows = real[draw.integers(len(real), size=count)] + NOISE * draw.standard_normal((count, real.shape[1])).astype(np.float32) / np.sqrt(real.shape[1])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _ask(q: str) -> str:
    return _shared.search(q).status


def _times(ask: Callable[[str], object], said: Sequence[str]) -> str:
    times = []
    for _ in range(2):  # the first round warms up
        times = []
        for q in said:
            began = time.perf_counter()
            ask(q)
            times.append(1000 * (time.perf_counter() - began))
    return f"p50 {np.quantile(times, 0.5):.2f} 毫秒，p99 {np.quantile(times, 0.99):.2f} 毫秒"


_shared: Index
