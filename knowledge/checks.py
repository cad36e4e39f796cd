"""What a shape cannot say: references lead somewhere, conditions look back only, words are lawful."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

from pydantic import BaseModel

from knowledge.condition import DECIDED
from knowledge.problem import Problem
from knowledge.schema import Guide, Hotline, Law, Module, Question, Repealed, Sourced, When, cited

# 《河南省优化营商环境条例》 forbids catch-all wording in a guide's conditions and materials.
CATCH_ALL = re.compile(r"(其他|其它|有关|相关)(的)?(申请)?(材料|证明|证件|文件|资料)|等(相关|有关)?(材料|证明|证件|资料)")


# What one place may set otherwise than another: areas, distances, weights, seats, numbers, amounts.
THRESHOLD = re.compile(r"[0-9一二三四五六七八九十百千]+(\.[0-9]+)?(多|来)?个?(平方米|平米|公里|米|吨|座|台|万元|元)")


def repeated(keys: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Records that have the same key."""
    for (file, key), count in Counter(keys).items():
        if count > 1:
            yield Problem(file, key, f"「{key}」重复了 {count} 次", "请只留一个，或换一个编号")


def overlapping(guides: Iterable[tuple[str, Guide]]) -> Iterator[Problem]:
    """Two guides for one matter on the same day."""
    for (file, guide), (other, second) in combinations(sorted(guides, key=lambda pair: pair[1].effective), 2):
        if guide.number == second.number and (guide.expires is None or guide.expires >= second.effective):
            yield Problem(other, "effective", f"第{guide.number}件在 {second.effective} 还有另一份指南 {file} 有效", "请在旧的一份里写 expires（最后一天），或删掉一份")


def missing_modules(guide: Guide, modules: Mapping[str, Module]) -> Iterator[Problem]:
    """Modules that a guide uses but nobody wrote."""
    for use in guide.uses:
        if use.module not in modules:
            yield Problem("", "uses", f"没有共用模块「{use.module}」", f"请检查 knowledge/modules/{use.module}.yml")


def guide(whole: Guide, catalogue) -> Iterator[Problem]:
    """Everything that is wrong with one complete guide."""
    yield from _names(whole)
    yield from _references(whole, catalogue)
    yield from _conditions(whole)
    yield from _citations(whole, catalogue)
    yield from _places(whole, catalogue)
    yield from _order(whole)


def hotline(entries: Iterable[tuple[Path, Hotline]], catalogue) -> Iterator[tuple[Path, Problem]]:
    """References that lead nowhere, and entries that say twice, or twice differently, what one should say."""
    titles = {f"{guide.region} {bare(said)}": (fact, guide.title) for guide in catalogue.editions for fact in guide.facts for said in (fact.title, *fact.asks)}
    for path, entry in entries:
        if entry.region not in catalogue.regions:
            yield path, Problem("", entry.id, f"没有地区「{entry.region}」", "请先在 regions.yml 里加上这个地区")
        if entry.matter is not None and entry.matter not in catalogue.matters:
            yield path, Problem("", entry.id, f"没有第{entry.matter}件", "请照 matters.yml 里的序号写，或者不写")
        if entry.title in entry.keywords:
            yield path, Problem("", entry.id, "关键字和标题一样", "请换成标题里没有的说法")
        yield from ((path, problem) for problem in _registered(entry.basis, entry.id, catalogue))
        here = {entry.region, *getattr(catalogue.regions.get(entry.region), "within", ())}
        yield from ((path, problem) for problem in place(entry, entry.id, here, catalogue))
        for said in dict.fromkeys(map(bare, (entry.title, *entry.asks))):
            other, where = titles.setdefault(f"{entry.region} {said}", (entry, path.name))
            if other is not entry:
                same = "说的一样，是重复的" if bare(other.text) == bare(entry.text) else "答案不一样，互相矛盾"
                yield path, Problem("", entry.id, f"「{said}」在 {where} 的「{other.id}」里也有，{same}", "请合并成一条，或删掉其中一条里的这句问法")


def bare(text: str) -> str:
    """A question without punctuation and blanks, to see whether two are the same."""
    return re.sub(r"[\s，。？！、；：,.?!;:“”\"'「」（）()]", "", text)


def unused(catalogue) -> Iterator[Problem]:
    """Registered materials, fields and laws that nothing uses any more."""
    used = {use.material for guide in catalogue.editions for use in guide.materials}
    asked = {use.field for guide in catalogue.editions for use in guide.fields}
    idle = [("materials.yml", name) for name in catalogue.materials if name not in used]
    idle += [("fields.yml", name) for name, field in catalogue.fields.items() if name not in asked and not field.follows]
    records = (*catalogue.editions, *catalogue.hotline.values(), *catalogue.regions.values())
    resting = {basis.split(" ")[0] for record in records for basis in cited(record)}
    idle += [("laws.yml", name) for name in catalogue.laws if name not in resting]
    for file, name in idle:
        yield Problem(file, name, "登记了，却没有哪里用到", "请删掉，或检查引用它的地方")


def named(guide: Guide, section: str) -> Iterator[tuple[str, BaseModel]]:
    """The lines of a section, each with the place by which a problem names it: 「materials（lease）」「notes（第3条）」."""
    for number, line in enumerate(getattr(guide, section), 1):
        name = getattr(line, "id", None) or getattr(line, "material", None) or getattr(line, "field", None) or f"第{number}条"
        yield f"{section}（{name}）", line


def wording(record: BaseModel, repealed: Iterable[Repealed]) -> Iterator[Problem]:
    """Catch-all wording, and laws that are gone, in whatever the record tells people."""
    for place, said in _told(record.model_dump(exclude_defaults=True)):
        if found := CATCH_ALL.search(said):
            yield Problem("", place, f"兜底用语「{found.group()}」", "请写出材料的具体名称；河南不允许兜底条款")
        for law in repealed:
            if law.gone and f"《{law.title}》" in said:
                yield Problem("", place, f"《{law.title}》从 {law.since} 起不再有效", f"请改引{law.instead}")


def stale(laws: Iterable[Law], repealed: Iterable[Repealed]) -> Iterator[Problem]:
    """Registered laws that are gone, or registered in a version that has been replaced."""
    for law in laws:
        for old in repealed:
            if law.title.removeprefix("中华人民共和国") == old.title and (old.gone or law.in_force < old.since):
                yield Problem("laws.yml", law.id, f"《{old.title}》这个版本从 {old.since} 起不再有效", f"请改引{old.instead}")


def _told(data: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every sentence we tell, with its place; how people say things (asks, says) is theirs."""
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, part in data.items():
            if key not in ("asks", "says"):
                yield from _told(part, f"{place} {key}".strip())
    elif isinstance(data, (list, tuple)):
        for number, part in enumerate(data, 1):
            yield from _told(part, f"{place} 第{number}条")


def _names(whole: Guide) -> Iterator[Problem]:
    for section in ("questions", "items", "facts"):
        names = [line.id for line in getattr(whole, section)]
        yield from (problem for problem in repeated((section, name) for name in names))
    yield from repeated(("fields", use.field) for use in whole.fields if not use.when)


def _references(whole: Guide, catalogue) -> Iterator[Problem]:
    items = {item.id for item in whole.items}
    questions = {question.id for question in whole.questions}
    region = catalogue.regions.get(whole.region)
    expected = [
        *(("materials", use.material, catalogue.materials, "materials.yml") for use in whole.materials),
        *(("materials", name, items, "本指南的 items") for use in whole.materials for name in use.items),
        *(("items", name, items, "本指南的 items") for item in whole.items for name in item.after),
        *(("fields", use.field, catalogue.fields, "fields.yml") for use in whole.fields),
        *(("fields", use.from_question, questions, "本指南的 questions") for use in whole.fields if use.from_question),
    ]
    for section, name, known, where in expected:
        if name not in known:
            yield Problem("", section, f"「{name}」在{where}里找不到", f"请检查写法，或先在{where}里加上")
    for use in whole.fields:
        if use.field in questions and use.from_question != use.field:
            yield Problem("", "fields", f"字段「{use.field}」和一个问题同名，却不由那个问题填", f"同一件事写 from_question: {use.field}，不同的事改个名字")
    if region is None:
        yield Problem("", "region", f"没有地区「{whole.region}」", "请先在 regions.yml 里加上这个地区")
    matter = catalogue.matters.get(whole.number)
    if matter is None or matter.title != whole.title:
        yield Problem("", "title", f"第{whole.number}件「{whole.title}」与清单不一致", "请照 matters.yml 里公布的序号和名称写")
    used = {catalogue.fields[use.field].role for use in whole.fields if use.field in catalogue.fields}
    for role in ("applicant", "phone", "delivery", "ready"):
        if role not in used:
            yield Problem("", "fields", f"没有作用为「{role}」的字段", "一张表单必须有申请人、手机、送达方式和材料自查四个字段")


def _conditions(whole: Guide) -> Iterator[Problem]:
    earlier: dict[str, Question] = {}
    for question in whole.questions:
        yield from _condition(question.when, earlier, f"questions（{question.id}）")
        earlier[question.id] = question
    for section in DECIDED:
        for place, line in named(whole, section):
            yield from _condition(line.when, earlier, place)
            if section == "conditions":
                yield from _condition(line.requires, earlier, place)


def _condition(when: When, earlier: Mapping[str, Question], place: str) -> Iterator[Problem]:
    for key, wanted in when.items():
        if key in ("any", "all") and isinstance(wanted, list) and all(isinstance(part, dict) for part in wanted):
            for part in wanted:
                yield from _condition(part, earlier, place)
        elif key == "not" and isinstance(wanted, dict):
            yield from _condition(wanted, earlier, place)
        elif key not in earlier:
            yield Problem("", place, f"条件里的问题「{key}」不存在或排在后面", "条件只能用排在前面的问题")
        else:
            values = wanted if isinstance(wanted, list) else [wanted]
            known = [option.value for option in earlier[key].options]
            for value in values:
                if value not in known:
                    yield Problem("", place, f"问题「{key}」没有选项「{value}」", f"只能写：{'、'.join(known)}")


def _citations(whole: Guide, catalogue) -> Iterator[Problem]:
    for section in type(whole).model_fields:
        lines = getattr(whole, section)
        for line in lines if isinstance(lines, tuple) else ():
            for sourced in (line, getattr(line, "fee", None)):
                yield from _registered(getattr(sourced, "basis", ()), section, catalogue)


def _registered(bases: Iterable[str], place: str, catalogue) -> Iterator[Problem]:
    for basis in bases:
        if basis.split(" ")[0] not in catalogue.laws:
            yield Problem("", place, f"依据「{basis}」不在 laws.yml 里", "请先在 laws.yml 登记这部法规，再引用")


def _places(whole: Guide, catalogue) -> Iterator[Problem]:
    """Another place's rule passed off as ours, or told without its place and date; a threshold that nothing vouches for."""
    region = catalogue.regions.get(whole.region)
    here = {whole.region, *(region.within if region else ())}
    lines = [(section, line) for section in type(whole).model_fields if isinstance(getattr(whole, section), tuple) for line in getattr(whole, section)]
    for section, line in [*lines, *(("items", item.fee) for item in whole.items)]:
        if isinstance(line, Sourced):
            yield from place(line, section, here, catalogue)


def place(line: Sourced, where: str, here: Collection[str], catalogue) -> Iterator[Problem]:
    """Whether a line says whose rule it tells; `here` are the regions whose rules are ours."""
    told = "".join(said for _, said in _told(line.model_dump(exclude={"basis", "place", "as_of", "asks"}, exclude_none=True)))
    registered = (catalogue.laws.get(basis.split(" ")[0]) for basis in line.basis)
    foreign = [law for law in registered if law and law.place and law.place not in here]
    if line.level == "他地参考":
        named = line.place.removeprefix("河南省")
        if not (named[:2] in told or named[-3:] in told) or line.as_of[:4] not in told:
            yield Problem("", where, f"别处的规定没有说清是哪里、哪年的：「{told[:30]}」", f"请把「{line.place}」和「{line.as_of[:4]}年」写进这句话里")
    elif foreign:
        yield Problem("", where, f"拿{foreign[0].place}的《{foreign[0].title}》当成了本地的依据：「{told[:30]}」", "请写 level: 他地参考、place 和 as_of，或换成本地的依据")
    elif line.level == "待核验" and (found := THRESHOLD.search(told)):
        yield Problem("", where, f"「{found.group()}」没有依据：「{told[:30]}」", "请写依据；查不到的不要写数字")


def _order(whole: Guide) -> Iterator[Problem]:
    """Items that wait for each other in a circle."""
    waits = {item.id: set(item.after) for item in whole.items}
    while free := [name for name, after in waits.items() if not after & waits.keys()]:
        for name in free:
            del waits[name]
    if waits:
        yield Problem("", "items", f"{'、'.join(waits)} 互相等待，没有一个能先办", "请检查 after（前置事项）")
