"""`python -m consult walk ID` (make walk GUIDE=ID): the table of a guide's situations, for officials to sign."""

import sys
from itertools import islice

from consult.notice import Notice, make_notice
from consult.walk import representative, walk
from knowledge import proof
from knowledge.catalogue import Catalogue, load
from knowledge.problem import CatalogueError
from knowledge.worded import Words
from settings import as_of


ALL = 300  # situations that somebody can be asked to read and sign; beyond, a set that shows everything


def table(catalogue: Catalogue, name: str) -> int:
    """Prints when each item and material is wanted, then one row a situation: the answers, what is needed, the verdict."""
    guide = catalogue.by_id.get(name) or catalogue.guides.get(int(name) if name.isdigit() else -1)
    if guide is None:
        print(f"没有这份指南：{name}。可以写：{'、'.join(sorted(catalogue.by_id))}", file=sys.stderr)
        return 1
    total, words = proof.count(guide), Words.of(guide.questions)
    print(f"{guide.title}（{guide.region}，版本 {guide.revision}，{catalogue.day} 的样子）情形表\n\n一、什么时候要办、要交")
    for item in guide.items:
        print(f"  事项「{item.name}」：{words.write(item.when) or '都要办'}")
    for use in guide.materials:
        print(f"  材料「{catalogue.materials[use.material].name}」{'免交' if use.waived else ''}：{words.write(use.when) or '都一样'}")
    rows = list(islice(walk(guide), ALL + 1))
    whole = len(rows) <= ALL
    print("\n二、" + ("每一种情形" if whole else f"情形（共 {total:,} 种，连「不清楚」在内都已证明；下面每一行、每一个回答至少出现一次）"))
    for number, situation in enumerate(rows if whole else representative(guide), 1):
        print(_row(number, make_notice(situation, catalogue, catalogue.day)))
    print("\n牵头部门核对人：________  日期：________")
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
