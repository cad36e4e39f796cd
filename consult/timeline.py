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
    each after those it waits for. `critical` is the chain of items that decides the last day; `today` is what is
    done elsewhere and waits for nothing.
    """
    needed = {item.id: item for item, state in situation.lines("items") if state == "needed"}
    items = {name: item for name, item in needed.items() if item.joint}
    accepted = add_working_days(today, region.acceptance.days)
    ends: dict[str, date] = {}
    for item in items.values():
        start = max([accepted, *(ends[name] for name in item.after if name in ends)])
        ends[item.id] = _end(start, item.promised or item.statutory)
    timed = any(item.promised or item.statutory for item in items.values())
    last = max(ends, key=ends.get, default=None)
    finish = add_working_days(ends[last], region.return_result.days) if timed else None
    return {
        "accepted": accepted.isoformat() if items else None,
        "items": [{"name": items[name].name, "ends": day.isoformat()} for name, day in ends.items()],
        "parallel": [item.name for item in items.values() if not _waits(item, items)],
        "waits": [{"name": item.name, "for": _waits(item, items)} for item in items.values() if _waits(item, items)],
        "critical": [items[name].name for name in _chain(last, items, ends)] if timed else [],
        "unknown": [item.name for item in items.values() if not (item.promised or item.statutory)],
        "alone": [item.name for item in needed.values() if not item.joint],
        "today": [item.name for item in needed.values() if not item.joint and not _waits(item, needed)],
        "finish": finish and finish.isoformat(),
        "announced": finish is None or is_announced(finish),
    }


def _waits(item: Item, items: dict[str, Item]) -> list[str]:
    return [items[name].name for name in item.after if name in items]


def _chain(last: str, items: dict[str, Item], ends: dict[str, date]) -> list[str]:
    """The items that one waits for another up to the last one: what any delay delays everything."""
    before = [name for name in items[last].after if name in ends]
    return [*(_chain(max(before, key=ends.get), items, ends) if before else []), last]


def _end(start: date, limit: Limit | None) -> date:
    """The last day of a limit; an unknown one adds nothing."""
    if limit is None:
        return start
    return add_working_days(start, limit.days) if limit.unit == "工作日" else start + timedelta(days=limit.days)
