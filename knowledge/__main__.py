"""`python -m knowledge check` (make guides) and `python -m knowledge stale` (make stale)."""

import sys
from collections import Counter
from datetime import date, timedelta

from knowledge.catalogue import SECTIONS, Catalogue, load
from knowledge.problem import CatalogueError
from knowledge.schema import Guide, Sourced

REVIEW_AFTER = timedelta(days=180)


def main(command: str) -> int:
    """Runs a command; 1 when the knowledge has problems."""
    try:
        catalogue = load()
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    {"check": _report, "stale": _stale}[command](catalogue)
    return 0


def _report(catalogue: Catalogue) -> None:
    """Per guide: how many lines rest on law here, on another place's rule, or still await an official."""
    print("序号 指南（版本）：有依据 / 他地参考 / 待核验")
    for number, guide in sorted(catalogue.guides.items()):
        levels = Counter(catalogue.level(line) for line in _lines(guide))
        elsewhere, open_ = levels.pop("他地参考", 0), levels.pop("待核验", 0)
        print(f"{number:>4} {guide.title}（{guide.revision}）：{sum(levels.values())} / {elsewhere} / {open_}")
    print(f"{len(catalogue.guides)} 份指南，{len(catalogue.laws)} 部法规，{len(catalogue.materials)} 种材料，{len(catalogue.fields)} 个字段，没有发现问题。")


def _stale(catalogue: Catalogue) -> None:
    """Guides whose last review is too long ago, or that have expired."""
    today = date.today()
    old = [guide for guide in catalogue.guides.values() if today - guide.reviewed > REVIEW_AFTER or (guide.expires and guide.expires < today)]
    for guide in old:
        print(f"{guide.title}：上次核对 {guide.reviewed}，请 {guide.lead} 重新核对，改好 reviewed 一行。")
    print(f"{len(old)} 份指南该核对了（超过 {REVIEW_AFTER.days} 天没核对，或已过期）。")


def _lines(guide: Guide) -> list[Sourced]:
    lines = [line for section in SECTIONS for line in getattr(guide, section) if isinstance(line, Sourced)]
    return lines + [item.fee for item in guide.items]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
