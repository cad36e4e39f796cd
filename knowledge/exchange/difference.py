"""What a new edition of a guide changes, in sentences that the lead department can read and sign."""

from collections.abc import Iterator, Mapping, Sequence

from knowledge.catalogue import Catalogue
from knowledge.condition import read
from knowledge.exchange.layout import SHEETS, Columns, Vocabulary, basics, options, sections
from knowledge.exchange.pairing import paired
from knowledge.exchange.workbook import text_of
from knowledge.schema import Guide
from knowledge.worded import Words

SIGNED = "牵头部门核对人：____________  日期：____________"
NAMED_BY = {"questions": "topic", "items": "name", "materials": "material", "fields": "field", "facts": "title", "options": "label"}
UNSAID = ("number", "id", "revision", "reviewed")  # what every new edition changes, or none may
SHORT = 24  # so much of a sentence names a line


def differences(old: Guide, new: Guide, catalogue: Catalogue) -> list[str]:
    """What is new, gone or changed from one edition of a guide to another, section by section."""
    names = _names(old, new, catalogue)
    before, after = old.model_dump(), new.model_dump()
    found = [f"{head}：{change}" for head, change in _changes([column for column in basics(names) if column.key not in UNSAID], before, after)]
    found += [f"新增问法「{said}」" for said in new.asks if said not in old.asks]
    found += [f"删去问法「{said}」" for said in old.asks if said not in new.asks]
    for section, columns in sections(names).items():
        found += _section(section, SHEETS[section], columns, before[section], after[section], names)
    return found


def line_name(section: str, record: Mapping, names: Vocabulary) -> str:
    """How a line is called: a material, a field or an item by its name, a sentence by its beginning."""
    said = record[NAMED_BY.get(section, "text")]
    match section:
        case "materials":
            return names.materials.word(said)
        case "fields":
            return names.fields.word(said)
    return said if len(said) <= SHORT else f"{said[:SHORT]}……"


def _names(old: Guide, new: Guide, catalogue: Catalogue) -> Vocabulary:
    """The names of both editions, the new one's where they differ."""
    questions = {question.id: question for guide in (old, new) for question in guide.questions}
    labels = {name: {} for name in questions}
    for question in (*old.questions, *new.questions):
        labels[question.id] |= {option.value: option.label for option in question.options}
    topics = {name: question.topic for name, question in questions.items()}
    return Vocabulary.of(catalogue, Words(topics, labels), {item.id: item.name for guide in (old, new) for item in guide.items})


def _section(section: str, title: str, columns: Columns, old: Sequence[dict], new: Sequence[dict], names: Vocabulary) -> Iterator[str]:
    origins = paired(old, new)
    for record, origin in zip(new, origins):
        if origin is None:
            yield f"新增{title}「{line_name(section, record, names)}」{_said(section, columns, record)}"
            continue
        called = f"{title}「{line_name(section, old[origin], names)}」"
        yield from (f"{called}：{head} {change}" for head, change in _changes(columns, old[origin], record))
        if section == "questions":
            yield from _section("options", f"{called}的选项", options(), old[origin]["options"], record["options"], names)
    for place, record in enumerate(old):
        if place not in origins:
            yield f"删去{title}「{line_name(section, record, names)}」{_said(section, columns, record)}"
    kept = [origin for origin in origins if origin is not None]
    if kept != sorted(kept):
        yield f"{title}：先后顺序改了"


def _changes(columns: Columns, old: Mapping, new: Mapping) -> Iterator[tuple[str, str]]:
    for column in columns:
        before, after = column.of(old), column.of(new)
        if before != after and not (column.key in ("when", "requires") and read(before) == read(after)):
            yield column.head, f"{text_of(column.kind.written(before)) or '（空）'} → {text_of(column.kind.written(after)) or '（空）'}"


def _said(section: str, columns: Columns, record: Mapping) -> str:
    """All that a line says, for one that is new or gone."""
    name = NAMED_BY.get(section, "text")
    told = {"id"} if name == "text" and len(record[name]) > SHORT else {"id", name}
    texts = [(column.head, text_of(column.kind.written(column.of(record)))) for column in columns if column.of(record) and column.key not in told]
    answers = [("选项", "／".join(option["label"] for option in record["options"]))] if section == "questions" else []
    parts = [f"{head} {text}".replace("\n", "、") for head, text in (*texts, *answers)]
    return f"：{'；'.join(parts)}" if parts else ""
