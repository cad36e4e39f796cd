"""Draws what was measured: how often each way of ranking finds the right one, and what answering more costs."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (after the choice of a backend without a screen)
from scipy.stats import binomtest

from index.evaluate import SORTS

_STYLE = {"font.sans-serif": ["Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Serif CJK SC", "WenQuanYi Zen Hei", "sans-serif"], "axes.unicode_minus": False, "font.size": 11}


def draw(compared: dict[str, dict[str, tuple[int, int, int]]], curve: Sequence[tuple[float, float, float]], limit: float, path: Path) -> None:
    """Write the picture as PNG: on the left shares ranked first with 95 % intervals, on the right the trade-off curve."""
    plt.rcParams.update(_STYLE)
    figure, (bars, trade) = plt.subplots(1, 2, figsize=(14, 5.5), width_ratios=(3, 2))
    sorts = list(next(iter(compared.values())))
    for place, sort in enumerate(sorts):
        counts = [found[sort] for found in compared.values()]
        shares = [first / of for first, _, of in counts]
        spans = [binomtest(first, of).proportion_ci(method="wilson") for first, _, of in counts]
        errors = [[max(share - span.low, 0) for share, span in zip(shares, spans)], [max(span.high - share, 0) for share, span in zip(shares, spans)]]
        ys = [way + place / (len(sorts) + 1) for way in range(len(compared))]
        bars.barh(ys, shares, 1 / (len(sorts) + 1.5), xerr=errors, label=SORTS[sort], error_kw={"elinewidth": 0.8})
    bars.set_yticks([way + 0.3 for way in range(len(compared))], list(compared))
    bars.invert_yaxis()
    bars.set(title="考卷上排第一的比例（95% 置信区间）", xlim=(0, 1))
    bars.legend(loc="upper center", bbox_to_anchor=(0.4, -0.06), ncol=len(sorts))
    trade.plot([false for _, _, false in curve], [right for _, right, _ in curve], marker=".")
    chosen = min(curve, key=lambda point: abs(point[0] - limit))
    trade.plot(chosen[2], chosen[1], "o", markersize=10, label=f"现在：有 {limit:.0%} 的把握才答")
    trade.set(title="有多少把握才答：试问上的得失", xlabel="不归我们的里，误答的比例", ylabel="归我们的里，当即答对的比例")
    trade.legend(loc="lower right")
    _write(figure, path)


def draw_growth(measured: Sequence[tuple[str, int, float, float, float]], path: Path) -> None:
    """Write the picture of FAISS index types as the vectors grow: (type, vectors, seconds to build, recall, milliseconds)."""
    plt.rcParams.update(_STYLE)
    figure, sides = plt.subplots(1, 3, figsize=(14, 4.5))
    for side, place, title in zip(sides, (4, 3, 2), ("一次查询（毫秒）", "recall@10（与逐个比较相比）", "建索引（秒）")):
        for kind in dict.fromkeys(row[0] for row in measured):
            rows = [row for row in measured if row[0] == kind]
            side.plot([row[1] for row in rows], [row[place] for row in rows], marker="o", label=kind)
        side.set(title=title, xlabel="向量个数", xscale="log", yscale="linear" if place == 3 else "log")
    sides[0].legend()
    _write(figure, path)


def _write(figure: plt.Figure, path: Path) -> None:
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
