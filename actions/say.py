"""Wording of the talk: questions, choices, the form and the draft. Short, for the ear, nothing left out."""

from collections.abc import Sequence

from actions.reply import Choice, Reply
from consult.form import Entry, Form
from consult.situation import Situation
from knowledge.condition import UNSURE
from knowledge.schema import Elsewhere, Option, Question

HOTLINE = "12345"
MAYBE_URGENT = "没太听明白，换个说法再说一次，我接着帮您办。（万一是急事：着火、有人受伤、有人打人行凶，请马上打 119、120、110；心里过不去，可以打 12356。）"


def choices(lead: str, offer: Sequence[Choice]) -> Reply:
    """Options to choose from, by number, label or tap."""
    rows = [f"{number}. {choice.label}" for number, choice in enumerate(offer, 1)]
    return Reply("choices", "\n".join([lead, *rows]), {"options": [{"label": c.label, "value": c.value} for c in offer]})


def again(offer: Sequence[dict]) -> list[Reply]:
    """The choices that are still on offer, if any."""
    return [choices("接下来：", [Choice(**row) for row in offer])] if offer else []


def question(asked: Question, situation: Situation, error: str | None = None) -> Reply:
    """A situation question with its options, why it is asked, and how far along we are."""
    before = situation.answers.get(asked.id)
    left = len([other for other in situation.pending if other.id != asked.id])
    again = f"这一题您原来答的是：{label(asked, situation)}。" if before else None
    number = len(situation.asked) + (0 if before else 1)
    progress = f"（第{number}题，大约还剩{left}题）" if left else f"（第{number}题，最后一题）"
    lines = [error, again, asked.ask + progress, *_numbered(asked.options)]
    data = {
        "id": asked.id, "type": asked.type, "options": _options(asked.options), "sensitive": False, "optional": False,
        "error": error, "ask": asked.ask, "why": asked.why, "unsure": asked.unsure,
        "progress": {"asked": len(situation.asked) - bool(before), "left": left},
    }
    return Reply("question", joined(*lines), data)


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
    return Reply("question", joined(error, before, asked.ask + hint, skip, *_numbered(entry.options)), data)


def elsewhere(other: Elsewhere) -> str:
    """Business that is not ours: whose it is."""
    return f"「{other.title}」不在「一件事一次办」清单里。{other.where}"


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


def form(filled: Form) -> Reply:
    """The whole form, masked."""
    rows = [{"id": e.field.id, "label": e.field.label, "value": e.masked or "（不填）", "source": e.source} for e in filled.entries]
    return Reply("form", joined("这是给您填好的一张表，请看一遍：", *(f"{row['label']}：{row['value']}" for row in rows)), {"fields": rows})


def draft(made: dict, filled: Form, title: str) -> Reply:
    """The draft as it would be handed in, masked."""
    rows = [{"id": e.field.id, "label": e.field.label, "value": e.masked} for e in filled.entries if e.shown and e.field.role != "ready"]
    status = {"have": "已备好", "missing": "还缺，交件前补齐", "waived": "免提交", "deferred": "容缺，之后补", "committed": "写承诺书代替"}
    materials = [{"name": m["name"], "status": status[m["status"]]} for m in made["materials"]]
    text = joined(
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


def joined(*lines: str | None) -> str:
    """The lines that there are, one below the other."""
    return "\n".join(line for line in lines if line)


def section(title: str, lines: Sequence[str]) -> str:
    """A heading with numbered lines; nothing where there are none."""
    return joined(f"■ {title}", *(f"{number}. {line}" for number, line in enumerate(lines, 1))) if lines else ""
