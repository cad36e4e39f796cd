"""Measures the search on phrasings it has not seen: a fifth is held out, an index is built without it and asked."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from index.build import build
from index.calibrate import home, split, split_elsewhere, split_facts
from index.parts import guides
from index.search import Index, Result
from knowledge.entries import Entry
from knowledge.schema import Elsewhere

FOLD = 1  # the builder calibrates on another fifth, fold 0 of what is left


@dataclass(frozen=True)
class Report:
    """Shares between 0 and 1, and milliseconds."""

    matters: dict[str, float]
    negatives: dict[str, float]
    facts: dict[str, float]
    fast: float
    slow: float
    missed: tuple[str, ...]

    def __str__(self) -> str:
        rows = [("一件事（没见过的说法）", self.matters), ("不归我们的事（没见过的说法）", self.negatives), ("问答（没见过的问法，已知在谈哪件事）", self.facts)]
        lines = [f"{name}：" + "，".join(f"{what} {share:.1%}" for what, share in shares.items()) for name, shares in rows]
        return "\n".join([*lines, f"速度：一半的问题在 {self.fast:.1f} 毫秒内，百分之九十五在 {self.slow:.1f} 毫秒内"])


def evaluate(entries: Sequence[Entry], elsewhere: Sequence[Elsewhere], model: str | None = None, say: Callable[[str], None] = print) -> Report:
    """Hold out, build, ask, count."""
    known, phrasings = split(entries, FOLD)
    known, questions = split_facts(known)
    others, negatives = split_elsewhere(elsewhere, FOLD)
    with TemporaryDirectory() as place:
        build(known, others, Path(place) / "index", model, say)
        index = Index.load(Path(place) / "index", known, model)
        numbers = [guide.matter for guide in guides(known)]
        times: list[float] = []
        asked = [(ask, numbers[owner], _timed(index, ask, None, times)) for ask, owner in phrasings]
        refused = [(text, _timed(index, text, None, times)) for text in negatives]
        answered = [(fact, _timed(index, ask, home(fact), times)) for ask, fact in questions]
    missed = [f"{ask} → {_first(result)}（应为第{matter}件）" for ask, matter, result in asked if _outcome(result, matter) != "直接认对"]
    missed += [f"{text} → {_first(result)}（不归我们）" for text, result in refused if result.status != "no_match"]
    return Report(
        _shares((_outcome(result, matter) for _, matter, result in asked), ("直接认对", "反问里有", "认错", "反问里没有", "误拒")),
        _shares(({"no_match": "拒绝", "ask_back": "反问", "answered": "误答"}[result.status] for _, result in refused), ("拒绝", "反问", "误答")),
        _shares((_fact_outcome(result, fact) for fact, result in answered), ("第一条就是", "前三条里有", "没找到")),
        float(np.median(times)), float(np.quantile(times, 0.95)), tuple(missed),
    )


def _timed(index: Index, text: str, matter: int | None, times: list[float]) -> Result:
    began = time.perf_counter()
    result = index.search(text, matter=matter)
    times.append(1000 * (time.perf_counter() - began))
    return result


def _outcome(result: Result, matter: int) -> str:
    found = [hit.matter for hit in result.hits]
    if result.status == "no_match":
        return "误拒"
    if result.status == "answered":
        return "直接认对" if found[0] == matter else "认错"
    return "反问里有" if matter in found else "反问里没有"


def _fact_outcome(result: Result, fact: Entry) -> str:
    found = [hit.id for hit in result.hits]
    return "没找到" if fact.id not in found else "第一条就是" if found[0] == fact.id else "前三条里有"


def _first(result: Result) -> str:
    return f"{result.status} {result.hits[0].title}" if result.hits else result.status


def _shares(outcomes: Iterable[str], names: Sequence[str]) -> dict[str, float]:
    counts = Counter(outcomes)
    return {name: counts[name] / max(counts.total(), 1) for name in names}
