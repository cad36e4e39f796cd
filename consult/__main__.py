"""`python -m consult walk ID` (make walk GUIDE=ID): the table of every situation of a guide, for officials to sign."""

import sys

from consult.notice import Notice, make_notice
from consult.walk import walk
from knowledge.catalogue import Catalogue, load
from knowledge.problem import CatalogueError
from settings import as_of


def table(catalogue: Catalogue, guide: str) -> int:
    """Prints one row a situation: the answers, what is needed, and the verdict."""
    found = catalogue.by_id.get(guide) or catalogue.guides.get(int(guide) if guide.isdigit() else -1)
    if found is None:
        print(f"没有这份指南：{guide}。可以写：{'、'.join(sorted(catalogue.by_id))}", file=sys.stderr)
        return 1
    print(f"{found.title}（{found.region}，版本 {found.revision}，{catalogue.day} 的样子）情形表")
    for number, situation in enumerate(walk(found), 1):
        print(_row(number, make_notice(situation, catalogue, catalogue.day)))
    print(f"共 {number} 种情形。牵头部门核对人：________  日期：________")
    return 0


def _row(number: int, notice: Notice) -> str:
    answers = "，".join(row["answer"] for row in notice.answers)
    items = "、".join(item.name for item in notice.items)
    materials = "、".join(m.name for m in notice.materials if not m.waived)
    verdict = "不符合：" + "；".join(row["text"] for row in notice.unmet) if notice.unmet else "可以办"
    return f"{number}. {answers}\n   结论：{verdict}\n   事项：{items}\n   材料：{materials}"


if __name__ == "__main__":
    try:
        sys.exit(table(load(day=as_of()), sys.argv[2]))
    except (CatalogueError, ValueError) as error:
        sys.exit(str(error))
