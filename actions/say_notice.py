"""Wording of the 一次告知: the whole document, its gist for the ear, one aspect of it, and what is still to be brought."""

from collections.abc import Collection
from datetime import date

from actions.reply import Reply
from actions.say import joined, section
from consult.notice import BLANK, Notice, NoticeItem, NoticeMaterial

IF_MISSING = {"deferred": "可以先收后补。", "committed": "可以写承诺书代替。", "missing": "交件前要备齐。"}


def whole(told: Notice, number: str) -> Reply:
    """The whole 一次告知单: read aloud, it leaves nothing out."""
    parts = [
        f"【一次告知单】{number}", f"{told.title}（{told.region}，{_day(told.date)}，指南版本 {told.revision}）",
        _verdict(told), section("哪些能合着办", scope(told)), section("您的情况", [f"{row['topic']}：{row['answer']}" for row in told.answers]),
        section("条件", _conditions(told)),
        section(f"要办的事项（{len(told.items)}项，牵头：{told.lead}）", [_item(item) for item in told.items]),
        section(_bring(told), _materials(told)),
        section("先收后补、写承诺书的，会怎样", consequences(told)),
        section("免提交，不用带", [f"{m.name}：{m.waived}" for m in told.materials if m.waived]),
        section("流程", [line.text for line in told.steps]), section("时间", when(told)),
        section("收费", _fees(told)),
        section("去哪办", _places(told)), section("注意", [line.text + _verify(line) for line in told.notes]),
        section("常见错误", [line.text for line in told.mistakes]),
        section("待确认（您说不清楚的）", [f"{row['question']}怎么弄清：{row['how']}" for row in told.confirm]),
        section("依据", list(told.basis)),
    ]
    return Reply("notice", "\n\n".join(part for part in parts if part), data(told, number))


def data(told: Notice, number: str) -> dict:
    """The notice for a page to draw: the data as told, and the few lines that are worded here."""
    told_data = told.as_data()
    return {
        **told_data, "number": number, "steps": [line.text for line in told.steps], "notes": [line.text + _verify(line) for line in told.notes],
        "mistakes": [line.text for line in told.mistakes], "timeline": {**told_data["timeline"], "summary": when(told)},
        "fees": [{"item": item.name, "text": item.fee.text + _verify(item.fee)} for item in told.items],
        "items": [{**row, "fee": item.fee.text, "limit": _limit(item)} for row, item in zip(told_data["items"], told.items)],
        "bring": _bring(told), "scope": scope(told), "consequences": consequences(told),
    }


def gist(told: Notice) -> Reply:
    """The notice in a few sentences for the ear; the whole comes with it."""
    verdict = {
        "ok": "按您说的情况，可以办。", "unsure": "可以准备起来，有几处要先弄清楚。", "unmet": f"按您说的情况，有{len(told.unmet)}条不符合，先看头一段。",
        "done": "按您说的情况，这件事里没有要再办的了。",
    }[told.verdict]
    bring = [m for m in told.materials if not m.waived]
    lines = [
        verdict, f"要办{len(told.items)}项：{'、'.join(item.name for item in told.items)}。" if told.items else "",
        f"要带{len(bring)}样材料。" if bring else "", f"今天交齐，按法定时限最迟 {_day(told.timeline['finish'])} 办完。" if told.timeline["finish"] and told.verdict != "unmet" else "",
        "下面是给您的一次告知单，条件、材料、流程、时间、收费、地点、依据都在里面。",
    ]
    return Reply("text", "".join(lines))


def scope(told: Notice) -> list[str]:
    """集成范围判定: what one window takes together, and what has to be done apart, and where."""
    together = [item.name for item in told.items if item.joint]
    lines = [f"{'、'.join(together)}：{'都' if len(together) > 1 else ''}在一个窗口一次交。"] if together else []
    return lines + [f"{item.name}：综合窗口不收，要另外办。{(item.where or BLANK).rstrip('。')}。" for item in told.items if not item.joint]


def consequences(told: Notice) -> list[str]:
    """What follows from handing in a paper later, or a promise instead of it (县《“高效办成一件事”运行管理办法》第四部分（二）2)."""
    return [f"{way}：{line.text}{_verify(line)}" for way, lines in (("先收后补（容缺）", told.deferral), ("写承诺书（告知承诺）", told.commitment)) for line in lines]


def papers(told: Notice, missing: Collection[str]) -> Reply:
    """材料自查: what is there, what is not, where to get it, and what can be brought later or promised, with what follows from that."""
    bring = [m for m in told.materials if m.must_be_brought]
    lacking = [m for m in bring if m.id in missing]
    if not lacking:
        return Reply("text", f"要带的{len(bring)}样都齐了。" if bring else "没有要带的材料。")
    ways = [f"{m.name}。去哪拿：{m.origin}。{IF_MISSING[m.if_missing]}" for m in lacking]
    after = consequences(told) if any(m.if_missing != "missing" for m in lacking) else []
    return Reply("text", joined(f"要带{len(bring)}样，齐了{len(bring) - len(lacking)}样，还缺{len(lacking)}样：", *(f"{n}. {way}" for n, way in enumerate(ways, 1)), *after))


def when(told: Notice) -> list[str]:
    """How long it takes, what runs in parallel, what waits, and the last day."""
    if told.verdict == "unmet":
        return ["先把不符合的解决了，再算要多少天。"]
    plan = told.timeline
    lines = [f"材料齐全交上去，各部门最迟 {_day(plan['accepted'])} 决定受不受理，受理后同时办。"] if plan["accepted"] else []
    lines += [f"{row['name']}要等{'、'.join(row['for'])}办完才能定。" for row in plan["waits"]]
    lines += [f"{name}的时限{BLANK}。" for name in plan["unknown"]]
    if plan["finish"]:
        rest = "（没有时限的几项不算在内）" if plan["unknown"] else ""
        guess = "那一年的放假安排还没公布，按周一至周五上班估算。" if not plan["announced"] else ""
        lines.append(f"今天就交齐的话，按法定时限最迟 {_day(plan['finish'])} 全部办完{rest}。县里承诺的时限可能更短，{BLANK}。{guess}")
    if len(plan["critical"]) > 1:
        lines.append(f"最慢的是这一串，一环扣一环：{'、'.join(plan['critical'])}，先把第一环办了。")
    if plan["today"]:
        lines.append(f"不用等窗口，今天就能去办的：{'、'.join(plan['today'])}。")
    return lines


def answer(hit, notice: Notice | None = None) -> Reply:
    """What the index found, with where it comes from; where it is about the matter of `notice`, told for that situation."""
    sources = [vars(source) for source in hit.sources]
    cited = [f"《{source.title}》{source.article}" if source.article else f"「{source.title}」" for source in hit.sources]
    place = f"（{hit.region}）" if hit.kind == "rule" and hit.region else ""
    own = notice and hit.id == f"{notice.guide}/{hit.aspect}" and hit.aspect in ASPECTS
    told = section(f"{hit.title}（按您到现在说的情况）", ASPECTS[hit.aspect](notice)) if own else joined(f"{hit.title}{place}", hit.text)
    text = joined(told, f"依据：{'、'.join(cited[:4])}" if cited else None)
    return Reply("answer", text, {"matter": hit.matter, "aspect": hit.aspect, "sources": sources, "title": hit.title})


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _verify(line) -> str:
    """「以大厅公布为准」 behind a line that no source confirms, unless it already says so."""
    return f"（{BLANK}）" if line.level == "待核验" and BLANK not in line.text else ""


def _verdict(told: Notice) -> str:
    if told.verdict == "done":
        return "■ 结论：按您说的情况，这件事里没有要再办的了。要是哪一句说错了，改一下再看。"
    if told.verdict == "unmet":
        reasons = [f"{row['text']}{row['otherwise']}" for row in told.unmet]
        return section("结论：按您说的情况，有条件不符合", reasons)
    if told.verdict == "unsure":
        return "■ 结论：可以准备起来，有几处要先弄清楚，见「待确认」。"
    return "■ 结论：按您说的情况，可以办。"


def _condition(line) -> str:
    mark = {"met": "（符合）", "unmet": "（不符合）", "maybe": "（待确认）"}.get(line.state, "")
    return f"{line.text}{mark}{_verify(line)}{line.otherwise or ''}"


def _conditions(told: Notice) -> list[str]:
    return [_condition(line) for line in told.conditions]


def _materials(told: Notice) -> list[str]:
    return [_material(m) for m in told.materials if not m.waived]


def _fees(told: Notice) -> list[str]:
    return [f"{'可能要办：' if item.state == 'maybe' else ''}{item.name}：{item.fee.text}{_verify(item.fee)}" for item in told.items]


def _limits(told: Notice) -> list[str]:
    return [f"{'可能要办：' if item.state == 'maybe' else ''}{item.name}：{_limit(item)}" for item in told.items]


def _limit(item: NoticeItem) -> str:
    law = "法定时限" + BLANK if item.statutory == BLANK else item.statutory if item.statutory == "当场办结" else f"法定{item.statutory}"
    return f"{law}，承诺{item.promised}" if item.promised != BLANK else f"{law}，承诺时限{BLANK}" if item.statutory != BLANK else f"时限{BLANK}"


def _item(item: NoticeItem) -> str:
    words = [
        "可能要办：" if item.state == "maybe" else "", f"{item.name}（{item.department}）。{_limit(item)}。",
        f"等{'、'.join(item.after)}办完。" if item.after else "", f"办完拿到：{item.result}。",
        f"{item.where.rstrip('。')}。" if item.where else "", item.note or "",
    ]
    return "".join(words)


def _bring(told: Notice) -> str:
    saved = f"，各部门分开要是{told.papers['before']}份，合起来只交{told.papers['after']}种" if told.papers["before"] > told.papers["after"] else ""
    return f"要带的材料（{sum(1 for m in told.materials if not m.waived)}种{saved}）"


def _material(m: NoticeMaterial) -> str:
    counts = [f"原件{m.original}份" if m.original else "", f"复印件{m.copies}份" if m.copies else "", "可以用电子件" if m.electronic else ""]
    words = [
        "可能要带：" if m.state == "maybe" else "", m.name, f"，{'、'.join(c for c in counts if c)}。", f"用于{'、'.join(m.items)}。",
        f"来源：{m.origin}。", "可以容缺，先收件后补。" if m.deferrable else "", "可以写告知承诺书代替。" if m.commitment else "",
        m.note or "", f"（{BLANK}）" if m.level == "待核验" and BLANK not in (m.note or "") else "",
    ]
    return "".join(words)


def _places(told: Notice) -> list[str]:
    places = told.places
    return [
        f"{places['hall']}。地址：{places['address']}；时间：{places['hours']}；电话：{places['phone']}。",
        f"网上：{places['online']}。", f"咨询：{places['hotline']}。投诉：{places['complaint']}。", f"办结后可以选：{'、'.join(told.delivery)}。",
    ]


# What can be told for a person's own situation; the other aspects are the same for everybody.
ASPECTS = {
    "conditions": _conditions,
    "materials": _materials,
    "time": _limits,
    "fee": _fees,
    "process": lambda told: [line.text for line in told.steps],
    "result": lambda told: [f"{item.name}：{item.result}" for item in told.items],
    "basis": lambda told: list(told.basis),
}
