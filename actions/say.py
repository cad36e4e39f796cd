"""Wording: every sentence that the engine's results become. Short, for the ear, nothing left out."""

from collections.abc import Sequence
from datetime import date

from actions.reply import Choice, Reply
from consult.form import Entry, Form
from consult.notice import BLANK, Notice, NoticeItem, NoticeMaterial
from consult.situation import Situation
from knowledge.condition import UNSURE
from knowledge.schema import Option, Question

HOTLINE = "12345"


def choices(lead: str, offer: Sequence[Choice]) -> Reply:
    """Options to choose from, by number, label or tap."""
    rows = [f"{number}. {choice.label}" for number, choice in enumerate(offer, 1)]
    return Reply("choices", "\n".join([lead, *rows]), {"options": [{"label": c.label, "value": c.value} for c in offer]})


def question(asked: Question, situation: Situation, error: str | None = None) -> Reply:
    """A situation question with its options, why it is asked, and how far along we are."""
    before = situation.answers.get(asked.id)
    left = len([other for other in situation.pending if other.id != asked.id])
    again = f"这一题您原来答的是：{label(asked, situation)}。" if before else None
    lines = [error, again, asked.ask, *_numbered(asked.options)]
    data = {
        "id": asked.id, "type": asked.type, "options": _options(asked.options), "sensitive": False, "optional": False,
        "error": error, "ask": asked.ask, "why": asked.why, "unsure": asked.unsure,
        "progress": {"asked": len(situation.asked) - bool(before), "left": left},
    }
    return Reply("question", _lines(*lines), data)


def field(entry: Entry, form: Form, error: str | None = None) -> Reply:
    """A form field to fill, with an example."""
    asked = entry.field
    hint = f"（例：{asked.example}）" if not entry.options else ""
    skip = "可以不填，不填就说「跳过」。" if entry.optional else ""
    before = f"这一项原来填的是：{entry.masked}" if entry.value is not None else None
    data = {
        "id": asked.id, "type": asked.type, "sensitive": asked.sensitive, "optional": entry.optional, "error": error,
        "ask": asked.ask, "example": asked.example,
        "progress": {"asked": len(form.entries) - len(form.pending), "left": max(len(form.pending) - 1, 0)},
    }
    if entry.options:
        data["options"] = _options(entry.options)
    return Reply("question", _lines(error, before, asked.ask + hint, skip, *_numbered(entry.options)), data)


def answer(hit, notice: Notice | None = None) -> Reply:
    """What the index found, with where it comes from; where it is about the matter of `notice`, told for that situation."""
    sources = [vars(source) for source in hit.sources]
    cited = [f"《{source.title}》{source.article}" if source.article else f"「{source.title}」" for source in hit.sources]
    place = f"（{hit.region}）" if hit.kind == "rule" and hit.region else ""
    own = notice and hit.id == f"{notice.guide}/{hit.aspect}" and hit.aspect in ASPECTS
    told = _section(f"{hit.title}（按您到现在说的情况）", ASPECTS[hit.aspect](notice)) if own else _lines(f"{hit.title}{place}", hit.text)
    text = _lines(told, f"依据：{'、'.join(cited[:4])}" if cited else None)
    return Reply("answer", text, {"matter": hit.matter, "aspect": hit.aspect, "sources": sources, "title": hit.title})


def hindrance(situation: Situation) -> str | None:
    """What stands in the way by what was said already: told at once, not after ten more questions."""
    unmet = [f"{line.text}{line.otherwise or ''}" for line in situation.unmet]
    how_many = "有一条" if len(unmet) == 1 else f"有{len(unmet)}条"
    return f"先说要紧的，照您说的情况{how_many}不符合：{'；'.join(unmet)}" if unmet else None


def understood(situation: Situation) -> str | None:
    """「我先记下：…」: what was heard in passing, so that a mishearing can be put right."""
    heard = [summary(question, situation) for question in situation.asked]
    return f"我先记下：{'；'.join(heard)}。哪一条不对，说「改……」就行。" if heard else None


def summary(asked: Question, situation: Situation) -> str:
    """「店里面积：60平方米以内（50平方米）」."""
    return f"{asked.topic}：{label(asked, situation)}"


def notice(told: Notice, number: str) -> Reply:
    """The whole 一次告知单: read aloud, it leaves nothing out."""
    parts = [
        f"【一次告知单】{number}", f"{told.title}（{told.region}，{_day(told.date)}，指南版本 {told.revision}）",
        _verdict(told), _section("您的情况", [f"{row['topic']}：{row['answer']}" for row in told.answers]),
        _section("条件", _conditions(told)),
        _section(f"要办的事项（{len(told.items)}项，牵头：{told.lead}）", [_item(item) for item in told.items]),
        _section(_bring(told), _materials(told)),
        _section("免提交，不用带", [f"{m.name}：{m.waived}" for m in told.materials if m.waived]),
        _section("流程", [line.text for line in told.steps]), _section("时间", when(told)),
        _section("收费", _fees(told)),
        _section("去哪办", _places(told)), _section("注意", [line.text + _verify(line) for line in told.notes]),
        _section("常见错误", [line.text for line in told.mistakes]),
        _section("待确认（您说不清楚的）", [f"{row['question']}怎么弄清：{row['how']}" for row in told.confirm]),
        _section("依据", list(told.basis)),
    ]
    return Reply("notice", "\n\n".join(part for part in parts if part), notice_data(told, number))


def notice_data(told: Notice, number: str) -> dict:
    """The notice for a page to draw: the data as told, and the few lines that are worded here."""
    data = told.as_data()
    return {
        **data, "number": number, "steps": [line.text for line in told.steps], "notes": [line.text + _verify(line) for line in told.notes],
        "mistakes": [line.text for line in told.mistakes], "timeline": {**data["timeline"], "summary": when(told)},
        "fees": [{"item": item.name, "text": item.fee.text + _verify(item.fee)} for item in told.items],
        "items": [{**row, "fee": item.fee.text, "limit": _limit(item)} for row, item in zip(data["items"], told.items)],
        "bring": _bring(told),
    }


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
    lines += [f"{name}不在窗口收件，要另外办。" for name in plan["alone"]]
    return lines


def form(filled: Form) -> Reply:
    """The whole form, masked."""
    rows = [{"id": e.field.id, "label": e.field.label, "value": e.masked or "（不填）", "source": e.source} for e in filled.entries]
    return Reply("form", _lines("这是给您填好的一张表，请看一遍：", *(f"{row['label']}：{row['value']}" for row in rows)), {"fields": rows})


def draft(made: dict, filled: Form, title: str) -> Reply:
    """The draft as it would be handed in, masked."""
    rows = [{"id": e.field.id, "label": e.field.label, "value": e.masked} for e in filled.entries if e.shown and e.field.role != "ready"]
    status = {"have": "已备好", "missing": "还缺，交件前补齐", "waived": "免提交", "deferred": "容缺，之后补", "committed": "写承诺书代替"}
    materials = [{"name": m["name"], "status": status[m["status"]]} for m in made["materials"]]
    text = _lines(
        f"申请草稿：{title}", "要办：" + "、".join(item["name"] for item in made["items"]), *(f"{row['label']}：{row['value']}" for row in rows),
        *(f"{m['name']}：{m['status']}" for m in materials), *(f"提醒：{row['text']}{row['otherwise']}" for row in made["unmet"]),
    )
    return Reply("draft", text, {"title": f"申请草稿：{title}", "items": made["items"], "fields": rows, "materials": materials, "unmet": made["unmet"]})


def label(asked: Question, situation: Situation) -> str:
    """An answer in words, with the number that was said."""
    given = situation.answers[asked.id]
    if given.value == UNSURE:
        return "不清楚"
    named = next(option.label for option in asked.options if option.value == given.value)
    return f"{named}（{given.said}）" if asked.type == "number" and given.said and given.said != named else named


def _numbered(options: Sequence[Option]) -> list[str]:
    return [f"{number}. {option.label}" for number, option in enumerate(options, 1)]


def _options(options: Sequence[Option]) -> list[dict]:
    return [{"label": option.label, "value": option.value} for option in options]


def _lines(*lines: str | None) -> str:
    return "\n".join(line for line in lines if line)


def _section(title: str, lines: Sequence[str]) -> str:
    return _lines(f"■ {title}", *(f"{number}. {line}" for number, line in enumerate(lines, 1))) if lines else ""


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
        return _section("结论：按您说的情况，有条件不符合", reasons)
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
