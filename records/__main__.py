"""`python -m records replay NUMBER`: a 一次告知单 exactly as it was told, for the window or a dispute.

`python -m records remarks KIND`: what people said that somebody should look into (unanswered, complaint, praise).

`python -m records impact ID` (make impact ID=…): everything a change to a shared material, field, module or law touches.
"""

import sys

from knowledge.catalogue import load
from knowledge.impact import NAMES, UnknownId, touched
from records.notices import replay as replayed
from records.remarks import kept
from records.store import Store, migrate
from records.talks import open_consultations
from settings import Settings


def replay(store: Store, number: str) -> int:
    """Prints the notice; 1 when there is none of that number."""
    with store.begin() as db:
        notice = replayed(db, number.strip().upper())
    if notice is None:
        print(f"没有编号为 {number} 的告知单。编号印在告知单最上面，形如 MQGZ20261121-0001。", file=sys.stderr)
        return 1
    print(notice.told)
    return 0


def remarks(store: Store, kind: str) -> int:
    """Prints the remarks of a kind, oldest first."""
    reasons = {"no_match": "没听明白", "none_of_these": "给的几样都不是", "in_passing": "问到一半问的，没查到", "misread": "两次没听懂", "": ""}
    with store.begin() as db:
        found = [(at, remark) for at, remark in kept(store, db) if remark.kind == kind]
    for at, remark in found:
        print(" ".join(part for part in (f"{at:%Y-%m-%d %H:%M}", reasons[remark.reason], remark.consultation or "", remark.text) if part))
    print(f"{len(found)} 条。")
    return 0


def impact(store: Store, name: str) -> int:
    """Prints every guide, line, hotline entry and open consultation that is touched; 1 when nothing has that id."""
    try:
        lines = list(touched(load(), name))
    except UnknownId as error:
        print(error, file=sys.stderr)
        return 1
    guides = {line.guide.id: line.guide for line in lines if line.guide}
    for guide in guides.values():
        print(f"第{guide.number}件 {guide.title}")
        for line in lines:
            if line.guide is guide:
                print(f"    {NAMES[line.section]}：{line.says}")
    for line in lines:
        if not line.guide:
            print(f"{NAMES[line.section]} {line.says}")
    with store.begin() as db:
        waiting = open_consultations(db, guides)
    for row in waiting:
        print(f"没办完的咨询 {row.code}：{guides[row.guide].title}，{row.started_at:%Y-%m-%d} 开始，照版本 {row.revision} 办")
    hotline = sum(not line.guide for line in lines)
    print(f"改「{name}」会影响 {len(guides)} 份指南的 {len(lines) - hotline} 行、{hotline} 条 12345 知识点、{len(waiting)} 个没办完的咨询（它们照开始时的版本办完）。")
    return 0


if __name__ == "__main__":
    command, argument = sys.argv[1:]
    settings = Settings()
    settings.var.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    sys.exit({"replay": replay, "impact": impact, "remarks": remarks}[command](Store(settings.database, settings.data_key.get_secret_value()), argument))
