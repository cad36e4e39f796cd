"""Measures the search on an examination: questions whose writers saw none of the ways of asking, and which nothing was learned from."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scipy.stats import binomtest

from index.opinion import Opinion
from index.search import Index
from knowledge.entries import Entry, asks_for
from knowledge.schema import Trial

SORTS = {"matter": "一件事", "fact": "指南里的问答", "hotline": "12345 知识点", "rule": "规程条文", "other": "不归我们的"}
STYLES = {"plain": "书面", "colloquial": "口语", "dialect": "方言", "typo": "错字", "asr": "语音", "indirect": "绕弯", "keyword": "关键词", "half": "半句"}

Rank = Callable[[str], Sequence[int]]  # a text → numbers of targets, best first


@dataclass
class Tally:
    """How a group of questions went."""

    asked: int = 0
    first: int = 0
    among_three: int = 0
    outcomes: Counter = field(default_factory=Counter)

    def share(self, name: str) -> str:
        """A share of this group's questions with its 95 % interval (Wilson)."""
        return share(getattr(self, name) if name in ("first", "among_three") else self.outcomes[name], self.asked)


@dataclass
class Report:
    """The tallies by sort of question, by style and by matter; and what went wrong."""

    sorts: dict[str, Tally]
    styles: dict[str, Tally]
    matters: dict[int, Tally]
    confused: Counter
    missed: list[str]

    def __str__(self) -> str:
        lines = ["", "考卷上的成绩（写题的人没看过问法；方括号是 95% 置信区间）"]
        for sort, tally in self.sorts.items():
            if sort == "other":
                lines.append(f"{SORTS[sort]} {tally.asked} 题：回绝 {tally.share('no_match')}，反问 {tally.share('ask_back')}，误答 {tally.share('answered')}")
            else:
                lines.append(f"{SORTS[sort]} {tally.asked} 题：排第一 {tally.share('first')}，在前三 {tally.share('among_three')}；"
                             f"当即答对 {tally.share('right')}，反问 {tally.share('ask_back')}，答错 {tally.share('wrong')}，误拒 {tally.share('no_match')}")
        lines.append("一件事，按说话的样子：" + "；".join(f"{STYLES[style]} {t.first}/{t.asked} 排第一、{t.outcomes['right']} 当即答对" for style, t in self.styles.items()))
        weak = [f"第{matter}件 {t.first}/{t.asked}" for matter, t in sorted(self.matters.items()) if t.first < t.asked]
        lines.append(f"一件事，按事项：{len(self.matters) - len(weak)} 件全部排第一；其余：{'，'.join(weak) or '无'}")
        lines.append("认混了的：" + ("；".join(f"{a} → {b} {count} 次" for (a, b), count in self.confused.most_common()) or "无"))
        return "\n".join(lines)


def evaluate(index: Index, exam: Sequence[Trial]) -> Report:
    """Ask every question, and count."""
    sorts, styles, matters = defaultdict(Tally), defaultdict(Tally), defaultdict(Tally)
    confused, missed = Counter(), []
    titles = {entry.matter: entry.title for entry in index.entries if entry.kind == "guide"}
    for trial, sort in zip(exam, sorts_of(exam, index.entries)):
        seen, result = index.opinion(index.understand(trial.q)), index.search(trial.q)
        right = [asks_for(trial, index.entry(target)) for target, _ in seen.ranked[:3]]
        outcome = result.status
        if outcome == "answered" and not trial.other:
            outcome = "right" if asks_for(trial, result.hits[0]) else "wrong"
        groups = [sorts[sort]] + ([styles[trial.style], matters[trial.matter]] if trial.matter else [])
        for tally in groups:
            tally.asked, tally.first, tally.among_three = tally.asked + 1, tally.first + any(right[:1]), tally.among_three + any(right)
            tally.outcomes[outcome] += 1
        if trial.matter and not any(right[:1]):
            confused[titles[trial.matter], _first(index, seen)] += 1
        if outcome != ("no_match" if trial.other else "right"):
            missed.append(f"{outcome} {trial.q} → {'；'.join(f'{hit.title} {hit.score}' for hit in result.hits)}（应是 {trial.matter or trial.entry or trial.other}）")
    return Report({sort: sorts[sort] for sort in SORTS if sort in sorts}, {style: styles[style] for style in STYLES if style in styles}, dict(matters), confused, missed)


def compare(index: Index, exam: Sequence[Trial], ways: dict[str, Rank]) -> dict[str, dict[str, tuple[int, int, int]]]:
    """For each way of ranking and each sort of question: how often the right one came first, among three, of how many."""
    ours = [(trial, sort) for trial, sort in zip(exam, sorts_of(exam, index.entries)) if not trial.other]
    found: dict[str, dict[str, tuple[int, int, int]]] = {}
    for way, rank in ways.items():
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for trial, sort in ours:
            right = [asks_for(trial, index.entry(target)) for target in rank(trial.q)[:3]]
            counts[sort] = [count + more for count, more in zip(counts[sort], (any(right[:1]), any(right), 1))]
        found[way] = {sort: tuple(counts[sort]) for sort in SORTS if sort in counts}
    return found


def sorts_of(exam: Sequence[Trial], entries: Sequence[Entry]) -> list[str]:
    """The sort of each question, as SORTS has them."""
    kinds = {entry.id: entry.kind for entry in entries}
    return ["other" if trial.other else "matter" if trial.matter else kinds[trial.entry] for trial in exam]


def share(count: int, of: int) -> str:
    """「98.2%[96.6–99.1]」."""
    if not of:
        return "—"
    low, high = binomtest(count, of).proportion_ci(method="wilson")
    return f"{count / of:.1%}[{low * 100:.1f}–{high * 100:.1f}]"


def _first(index: Index, seen: Opinion) -> str:
    return index.entry(seen.ranked[0][0]).title if seen.ranked else "没找到"
