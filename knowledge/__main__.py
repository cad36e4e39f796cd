"""`python -m knowledge check` (make guides) and `python -m knowledge stale` (make stale)."""

import sys
from collections import Counter
from datetime import timedelta

from knowledge import proof
from knowledge.catalogue import SECTIONS, Catalogue, load
from knowledge.problem import CatalogueError
from knowledge.schema import Guide, Sourced
from settings import as_of

REVIEW_AFTER = timedelta(days=180)


def main(command: str) -> int:
    """Runs a command; 1 when the knowledge has problems."""
    try:
        catalogue = load(day=as_of())
    except (CatalogueError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return {"check": _report, "stale": _stale}[command](catalogue)


def _report(catalogue: Catalogue) -> int:
    """Per guide: how many lines rest on law here, on another place's rule, or still await an official; and the proof."""
    faults = [problem.within(guide.title) for guide in catalogue.guides.values() for problem in proof.faults(guide)]
    if faults:
        print(CatalogueError(faults), file=sys.stderr)
        return 1
    print("序号 指南（版本）：有依据 / 他地参考 / 待核验，多少种情形")
    for number, guide in sorted(catalogue.guides.items()):
        levels = Counter(catalogue.level(line) for line in _lines(guide))
        elsewhere, open_ = levels.pop("他地参考", 0), levels.pop("待核验", 0)
        print(f"{number:>4} {guide.title}（{guide.revision}）：{sum(levels.values())} / {elsewhere} / {open_}，{proof.count(guide):,} 种")
    print(f"{len(catalogue.guides)} 份指南，{len(catalogue.laws)} 部法规，{len(catalogue.materials)} 种材料，{len(catalogue.fields)} 个字段，{len(catalogue.hotline)} 条 12345 知识点，没有发现问题。")
    total = sum(map(proof.count, catalogue.guides.values()))
    print(f"情形穷尽：共 {total:,} 种（「不清楚」也算一种回答），每条路都有头，每份告知单要素齐全，每个事项、材料、字段都有人用得上，每个问题都有用，没有互相矛盾。")
    return 0


def _stale(catalogue: Catalogue) -> int:
    """Guides whose last review is too long ago, or that have expired."""
    today = catalogue.day
    old = [guide for guide in catalogue.guides.values() if today - guide.reviewed > REVIEW_AFTER or (guide.expires and guide.expires < today)]
    for guide in old:
        print(f"{guide.title}：上次核对 {guide.reviewed}，请 {guide.lead} 重新核对，改好 reviewed 一行。")
    print(f"{len(old)} 份指南该核对了（超过 {REVIEW_AFTER.days} 天没核对，或已过期）。")
    return 0


def _lines(guide: Guide) -> list[Sourced]:
    lines = [line for section in SECTIONS for line in getattr(guide, section) if isinstance(line, Sourced)]
    return lines + [item.fee for item in guide.items]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
