"""`python -m knowledge …`: check (make guides), stale (make stale), and the exchange with Excel: export, import, diff.

    export hotline FILE.xlsx|FILE.csv     the 12345 list
    export GUIDE FILE.xlsx                a guide, by id, number or title
    import FILE                           either of them back: all of it, or, with a report of what is wrong, nothing
    diff OLD NEW                          what changed between two guides (ids, YAML or Excel files), to be signed
"""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from knowledge import proof
from knowledge.catalogue import HERE, SECTIONS, Catalogue, in_force, load
from knowledge.exchange import guide_sheets, guides, hotline_list, workbook
from knowledge.exchange.difference import SIGNED, differences
from knowledge.impact import NAMES
from knowledge.problem import CatalogueError
from knowledge.schema import Dated, Guide, Sourced
from settings import as_of

REVIEW_AFTER = timedelta(days=180)
SOON = timedelta(days=60)  # how far ahead to say what begins or ends
COMMANDS = "check、stale、export hotline 文件、export 指南 文件.xlsx、import 文件、diff 旧的 新的"


def main(command: str = "", *given: str) -> int:
    """Runs a command; 1 when the knowledge or a file has problems."""
    try:
        catalogue = load(HERE, as_of())
        match command, *given:
            case ["check"]:
                return _report(catalogue)
            case ["stale"]:
                return _stale(catalogue)
            case ["export", name, file]:
                return _export(catalogue, name, Path(file))
            case ["import", file]:
                return _import(catalogue, Path(file))
            case ["diff", old, new]:
                return _diff(catalogue, old, new)
    except (CatalogueError, ValueError) as error:
        print(error, *(["什么也没有导入，请改好再导一次。"] if command == "import" else []), sep="\n", file=sys.stderr)
        return 1
    print(f"没有这个命令。只有：{COMMANDS}。", file=sys.stderr)
    return 1


def _export(catalogue: Catalogue, name: str, file: Path) -> int:
    if name == "hotline":
        hotline_list.export(catalogue, file)
    else:
        guide_sheets.export(guide_sheets.source(HERE, catalogue, name), catalogue, file)
    print(f"写好了 {file}。改好以后：python -m knowledge import {file}")
    return 0


def _import(catalogue: Catalogue, file: Path) -> int:
    sheets = workbook.read(file)
    if guides.is_guide(sheets):
        changes = guides.imported(sheets, file.name, HERE, catalogue)
    else:
        report = hotline_list.imported(sheets, file.name, HERE, catalogue)
        changes = [f"新增 {name}" for name in report.added] + [f"改动 {name}" for name in report.updated]
        print(f"新增 {len(report.added)} 条，改动 {len(report.updated)} 条，没有变的 {len(report.unchanged)} 条。")
    print("\n".join([*changes, "已经写进知识文件；运行 make ready 再启动，就用上了。"]) if changes else "没有改动。")
    return 0


def _diff(catalogue: Catalogue, old: str, new: str) -> int:
    before, after = _edition(catalogue, old), _edition(catalogue, new)
    changes = differences(before, after, catalogue)
    print(f"「{after.title}」{before.revision} → {after.revision}，共 {len(changes)} 处不同" + ("：" if changes else "。"))
    print("\n".join([*(f"  {count}. {change}" for count, change in enumerate(changes, 1)), "", SIGNED]))
    return 0


def _edition(catalogue: Catalogue, name: str) -> Guide:
    """A guide: the current one of an id, or what a YAML or Excel file makes of it."""
    file = Path(name)
    match file.suffix.lower():
        case ".xlsx":
            return guides.changed(workbook.read(file), file.name, HERE, catalogue).whole()
        case ".yml" | ".yaml":
            return guides.drafted(file, catalogue)
    return guide_sheets.source(HERE, catalogue, name).whole


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
    print(_open_questions(catalogue))
    total = sum(map(proof.count, catalogue.guides.values()))
    print(f"情形穷尽：共 {total:,} 种（「不清楚」也算一种回答），每条路都有头，每份告知单要素齐全，每个事项、材料、字段都有人用得上，每个问题都有用，没有互相矛盾。")
    return 0


def _open_questions(catalogue: Catalogue) -> str:
    """What officials still have to confirm, by kind; what several guides say in the same words counts once."""
    lines = {(section, repr(line.model_dump(exclude={"when"}))): line for guide in catalogue.guides.values() for section in SECTIONS for line in getattr(guide, section)}
    found = Counter(NAMES[section] for (section, _), line in lines.items() if isinstance(line, Sourced) and catalogue.level(line) == "待核验")
    items = [line for (section, _), line in lines.items() if section == "items"]
    found["收费"] = sum(catalogue.level(item.fee) == "待核验" for item in items)
    found["没有法定时限的事项"] = sum(item.statutory is None for item in items)
    found["没有承诺时限的事项"] = sum(item.promised is None for item in items)
    found["没有经第二个人核对的知识点"] = sum(entry.status == "待核验" for entry in catalogue.hotline.values())
    return f"还要部门核实的：{'，'.join(f'{kind} {count}' for kind, count in found.items() if count)}。"


def _stale(catalogue: Catalogue) -> int:
    """Guides and hotline entries whose review is due or that have expired, and what begins or ends soon."""
    today = catalogue.day
    old = [guide for guide in catalogue.editions if today - guide.reviewed > REVIEW_AFTER and in_force(guide, today)]
    due = [entry for entry in catalogue.hotline.values() if entry.review < today]
    for guide in old:
        print(f"{guide.title}：上次核对 {guide.reviewed}，请 {guide.lead} 重新核对，改好 reviewed 一行。")
    for department, count in Counter(entry.department for entry in due).items():
        print(f"12345 知识点 {count} 条过了复核日，请 {department} 复核。")
    for place, line in _dated(catalogue):
        if line.effective and today < line.effective <= today + SOON:
            print(f"{place}：{line.effective} 开始。")
        if line.expires and today <= line.expires <= today + SOON:
            print(f"{place}：{line.expires} 是最后一天。")
    print(f"{len(old)} 份指南、{len(due)} 条知识点该核对了（指南超过 {REVIEW_AFTER.days} 天没核对，知识点过了复核日）。")
    return 0


def _dated(catalogue: Catalogue) -> Iterator[tuple[str, Dated]]:
    for guide in catalogue.editions:
        yield f"{guide.title}（版本 {guide.revision}）", guide
        for section in SECTIONS:
            yield from ((f"{guide.title} {NAMES[section]}", line) for line in getattr(guide, section) if isinstance(line, Sourced))
    yield from ((f"12345 知识点「{entry.title}」", entry) for entry in catalogue.hotline.values())
    yield from ((rules.title, rules) for rules in catalogue.rules.values())


def _lines(guide: Guide) -> list[Sourced]:
    lines = [line for section in SECTIONS for line in getattr(guide, section) if isinstance(line, Sourced)]
    return lines + [item.fee for item in guide.items]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
