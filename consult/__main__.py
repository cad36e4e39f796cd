"""`python -m consult walk ID` (make walk GUIDE=ID): the table of a guide's situations, for officials to sign.

`python -m consult prove` (part of make guides): proves every guide over the whole space of answers.
"""

import sys
from datetime import date

from consult import proof
from consult.notice import Notice, make_notice
from consult.walk import walk
from knowledge.catalogue import Catalogue, load


def prove(catalogue: Catalogue) -> int:
    """Prints what goes wrong in some situation of some guide, else how many situations there are; 1 with faults."""
    found = [problem.within(guide.title) for guide in catalogue.guides.values() for problem in proof.faults(guide)]
    for problem in found:
        print(problem, file=sys.stderr)
    if found:
        return 1
    counts = {guide.title: proof.count(guide) for guide in catalogue.guides.values()}
    print(f"{len(counts)} 份指南的全部情形都证明过：共 {sum(counts.values()):,} 种（「不清楚」也算一种回答），最多的是「{max(counts, key=counts.get)}」{max(counts.values()):,} 种。"
          "每条路都有头，每份告知单要素齐全，每个事项、材料、字段都有人用得上，每个问题都有用，没有互相矛盾。")
    return 0


def table(catalogue: Catalogue, guide: str) -> int:
    """Prints one row a situation: the answers, what is needed, and the verdict."""
    found = catalogue.by_id.get(guide) or catalogue.guides.get(int(guide) if guide.isdigit() else -1)
    if found is None:
        print(f"没有这份指南：{guide}。可以写：{'、'.join(sorted(catalogue.by_id))}", file=sys.stderr)
        return 1
    print(f"{found.title}（{found.region}，版本 {found.revision}）情形表")
    for number, situation in enumerate(walk(found), 1):
        print(_row(number, make_notice(situation, catalogue, date.today())))
    print(f"共 {number} 种情形。牵头部门核对人：________  日期：________")
    return 0


def _row(number: int, notice: Notice) -> str:
    answers = "，".join(row["answer"] for row in notice.answers)
    items = "、".join(item.name for item in notice.items)
    materials = "、".join(m.name for m in notice.materials if not m.waived)
    verdict = "不符合：" + "；".join(row["text"] for row in notice.unmet) if notice.unmet else "可以办"
    return f"{number}. {answers}\n   结论：{verdict}\n   事项：{items}\n   材料：{materials}"


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    sys.exit({"walk": table, "prove": prove}[command](load(), *arguments))
