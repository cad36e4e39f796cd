"""What runs in parallel, what waits, and by which day everything is done at the latest."""

from datetime import date, timedelta

from consult.situation import Situation
from consult.workdays import add_working_days, is_announced
from knowledge.schema import Item, Limit, Region


def plan(situation: Situation, region: Region, today: date) -> dict:
    """The timeline of the joint items if complete papers are handed in `today`.

    Departments have `region.acceptance` to accept, then their limits run at once; an item that waits
    starts when the ones before it end; results go back to the window within `region.return_result`.
    Items without a known limit are named in `unknown`, and then `finish` covers only the others; where none
    has a limit, or nothing is handed in at the window, there is no last day to name. Items come in the guide's order,
    each after those it waits for.
    """
    items = {item.id: item for item, state in situation.lines("items") if state == "needed" and item.joint}
    accepted = add_working_days(today, region.acceptance.days)
    ends: dict[str, date] = {}
    for item in items.values():
        start = max([accepted, *(ends[name] for name in item.after if name in ends)])
        ends[item.id] = _end(start, item.promised or item.statutory)
    timed = any(item.promised or item.statutory for item in items.values())
    finish = add_working_days(max(ends.values()), region.return_result.days) if timed else None
    return {
        "accepted": accepted.isoformat() if items else None,
        "items": [{"name": items[name].name, "ends": day.isoformat()} for name, day in ends.items()],
        "parallel": [item.name for item in items.values() if not _waits(item, items)],
        "waits": [{"name": item.name, "for": _waits(item, items)} for item in items.values() if _waits(item, items)],
        "unknown": [item.name for item in items.values() if not (item.promised or item.statutory)],
        "alone": [item.name for item, state in situation.lines("items") if state == "needed" and not item.joint],
        "finish": finish and finish.isoformat(),
        "announced": finish is None or is_announced(finish),
    }


def _waits(item: Item, items: dict[str, Item]) -> list[str]:
    return [items[name].name for name in item.after if name in items]


def _end(start: date, limit: Limit | None) -> date:
    """The last day of a limit; an unknown one adds nothing."""
    if limit is None:
        return start
    return add_working_days(start, limit.days) if limit.unit == "工作日" else start + timedelta(days=limit.days)
