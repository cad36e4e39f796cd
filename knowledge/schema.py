"""The shapes of the knowledge files: what a guide, a question, an item, a material … may say.

Unknown keys are refused everywhere, so a misspelt key is an error and never a silent omission.
Conditions (`when`, `requires`) are data, not expressions: a mapping whose pairs must all hold,
where a list means any of; `any:` and `all:` take a list of mappings, `not:` takes one.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Level = Literal["国家", "省", "市", "县", "他地参考", "待核验"]
Aspect = Literal[
    "conditions", "materials", "process", "time", "fee", "place", "online",
    "basis", "result", "contact", "copies", "proxy", "validity",
]
FieldType = Literal[
    "choice", "yes_no", "number", "text", "date", "name", "resident_id", "uscc", "mobile", "address", "list",
]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Texts = tuple[Text, ...]
When = dict[str, object]


class Strict(BaseModel):
    """A record that refuses keys it does not know and cannot be changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Strict):
    """What may begin or end on a known day; both days count in."""

    effective: date | None = None
    expires: date | None = None


class Sourced(Dated):
    """A line that says where it comes from.

    `basis` holds citations such as "food_safety_law 35" (an id of laws.yml and an article).
    `level` may be left out where the basis decides it. Another place's rule needs its `place`
    and `as_of`, so that it can never pass for a local or national one.
    """

    basis: Texts = ()
    level: Level | None = None
    place: Text | None = None
    as_of: Text | None = None

    @model_validator(mode="after")
    def _has_a_source(self):
        if not self.basis and self.level is None:
            raise ValueError("没有依据：请写 basis（依据），查不到依据就写 level: 待核验")
        if self.level == "他地参考" and not (self.place and self.as_of):
            raise ValueError("他地参考必须写明 place（哪里的规定）和 as_of（什么时候的）")
        return self


class Law(Strict):
    """A law, regulation, rule or standard in the citation register."""

    id: Id
    title: Text
    number: Text | None = None
    version: Text
    in_force: date
    level: Literal["国家", "省", "市", "县"]
    place: Text | None = None
    source: Text
    checked: date


class Repealed(Strict):
    """A law that must not be cited any more: `gone` altogether, or only in versions before `since`."""

    title: Text
    since: date
    instead: Text
    gone: bool = True


class Option(Strict):
    """One answer to a choice; for a number, one band (`upto` is inclusive, the last band has none)."""

    value: Id
    label: Text
    says: Texts = ()
    upto: float | None = None


class Question(Strict):
    """A situation question: asked only where its answer changes the outcome. `topic` names it in a word or two.

    The bands of a number are somebody's rule, so they need their `basis`.
    """

    id: Id
    topic: Text
    ask: Text
    why: Text
    type: Literal["choice", "yes_no", "number"]
    options: tuple[Option, ...] = Field(min_length=2)
    unit: Text | None = None
    units: Texts = ()
    unsure: Text
    when: When = {}
    basis: Texts = ()

    @model_validator(mode="after")
    def _bands_are_in_order(self):
        limits = [option.upto for option in self.options]
        if self.type == "number":
            known = limits[:-1]
            if not self.unit or limits[-1] is not None or None in known or known != sorted(set(known)):
                raise ValueError("数字题要写 unit（单位），各档 upto 从小到大，最后一档不写 upto")
            if not self.basis:
                raise ValueError("数字题要写 basis（依据）：这条线是哪里的规定划的")
        elif any(limit is not None for limit in limits):
            raise ValueError("只有数字题的选项可以写 upto")
        if self.type == "yes_no" and [option.value for option in self.options] != ["yes", "no"]:
            raise ValueError("是非题的选项必须依次是 yes、no")
        return self


class Condition(Sourced):
    """What must be true to be granted the matter; `requires` lets the answers decide it."""

    text: Text
    when: When = {}
    requires: When = {}
    otherwise: Text | None = None

    @model_validator(mode="after")
    def _a_no_has_a_way_out(self):
        if self.requires and not self.otherwise:
            raise ValueError("写了 requires 就要写 otherwise：不符合的人该怎么办")
        return self


class Limit(Strict):
    """A time limit: `days` working days or calendar days; 0 means on the spot."""

    days: int = Field(ge=0)
    unit: Literal["工作日", "日"] = "工作日"

    @property
    def words(self) -> str:
        """「20个工作日」「15日」「当场办结」."""
        return f"{self.days}{'个工作日' if self.unit == '工作日' else '日'}" if self.days else "当场办结"


class Fee(Sourced):
    """What an item costs, in words ("不收费" or the amount and for what)."""

    text: Text


class Item(Sourced):
    """One joint item (联办事项): who does it, when it is needed, what it waits for, how long it takes.

    `joint: false` marks what the single window cannot take: the notice says where it is done instead.
    """

    id: Id
    name: Text
    department: Text
    tier: Literal["乡镇", "县", "市", "省", "国家"]
    when: When = {}
    after: tuple[Id, ...] = ()
    statutory: Limit | None = None
    promised: Limit | None = None
    fee: Fee
    result: Text
    joint: bool = True
    where: Text | None = None
    note: Text | None = None


class Material(Strict):
    """A document in the shared register materials.yml."""

    id: Id
    name: Text
    origin: Text
    review: Texts = ()
    sample: Text | None = None
    archive: Text | None = None


class MaterialUse(Sourced):
    """What a guide's items need of a material. `waived` says why it need not be brought."""

    material: Id
    items: tuple[Id, ...] = Field(min_length=1)
    when: When = {}
    original: int = Field(default=0, ge=0)
    copies: int = Field(default=0, ge=0)
    electronic: bool = False
    waived: Text | None = None
    deferrable: bool = False
    commitment: bool = False
    note: Text | None = None

    @model_validator(mode="after")
    def _is_countable(self):
        if not (self.original or self.copies or self.electronic or self.waived):
            raise ValueError("要写清几份：original（原件）、copies（复印件）、electronic（电子件）或 waived（免提交）")
        return self

    @property
    def counts(self) -> str:
        """「原件1份、复印件2份」, or why it need not be brought."""
        parts = [f"原件{self.original}份" if self.original else "", f"复印件{self.copies}份" if self.copies else "", "电子件" if self.electronic else ""]
        return f"免提交：{self.waived}" if self.waived else "、".join(part for part in parts if part)


class FormField(Strict):
    """A field of the combined form in the shared register fields.yml.

    `role` marks the few fields that the programme itself must recognise; `lasting`, what stays the same for a
    person whatever they come for next. A field that `follows` is asked right after the fields it names have
    those values, in every form that has them.
    """

    id: Id
    label: Text
    ask: Text
    type: FieldType
    sensitive: bool = False
    optional: bool = False
    lasting: bool = False
    example: Text
    unit: Text | None = None
    options: tuple[Option, ...] = ()
    role: Literal["applicant", "phone", "delivery", "address", "ready"] | None = None
    follows: When = {}

    @model_validator(mode="after")
    def _choices_have_options(self):
        if (self.type == "choice") != bool(self.options):
            raise ValueError("选择题要有 options，其他类型不能有")
        return self


class FieldUse(Strict):
    """A guide's use of a field: from which question it is filled, or with which fixed value."""

    field: Id
    when: When = {}
    from_question: Id | None = None
    value: Text | None = None
    optional: bool | None = None


class Line(Sourced):
    """A step, a note or a common mistake. A guide's step that comes `first` is told before those of its modules."""

    text: Text
    when: When = {}
    first: bool = False


class Fact(Sourced):
    """A question people really ask about the matter, with its answer."""

    id: Id
    aspect: Aspect | None = None
    title: Text
    asks: Texts = ()
    text: Text


class Module(Strict):
    """The sections that guides share; every list may be empty."""

    conditions: tuple[Condition, ...] = ()
    questions: tuple[Question, ...] = ()
    items: tuple[Item, ...] = ()
    materials: tuple[MaterialUse, ...] = ()
    fields: tuple[FieldUse, ...] = ()
    steps: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    mistakes: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()


class Use(Strict):
    """A guide's use of a module; with `when`, its lines hold only where that holds too."""

    module: Id
    when: When = {}

    @model_validator(mode="before")
    @classmethod
    def _a_name_is_enough(cls, data: object) -> object:
        return {"module": data} if isinstance(data, str) else data


class Guide(Module, Dated):
    """办事指南 of one matter.

    The sections of the modules it `uses` come before its own, those of modules used with `when` after
    them: the condition may then look back at the guide's own questions.
    """

    number: int = Field(ge=1)
    id: Id
    title: Text
    region: Text
    revision: Text
    effective: date
    reviewed: date
    lead: Text
    audience: Text
    summary: Text
    uses: tuple[Use, ...] = ()
    delivery: tuple[Id, ...] = Field(min_length=1)
    asks: tuple[Text, ...] = Field(min_length=20)


class Matter(Strict):
    """A line of the county's published list; `life` is the part of life under which people look for it, `asks` only while its guide is not written yet."""

    number: int = Field(ge=1)
    title: Text
    life: Text = "别的事"
    provincial: bool = False
    asks: Texts = ()


class Clock(Sourced):
    """A limit that the region's own procedure sets for the hall."""

    days: int = Field(ge=0)
    unit: Literal["工作日", "小时"] = "工作日"


class Region(Strict):
    """A region: its hall, its delivery ways, the clocks of its procedure rules, what applicants may and must do.

    `deferral` and `commitment` are what follows from handing in a paper later, or a promise instead of it.
    """

    name: Text
    within: Texts = ()
    rules: Id
    hall: Text
    address: Text | None = None
    hours: Text | None = None
    phone: Text | None = None
    hotline: Text
    online: Text
    complaint: Text
    acceptance: Clock
    return_result: Clock
    rights: tuple[Line, ...]
    duties: tuple[Line, ...]
    deferral: tuple[Line, ...] = ()
    commitment: tuple[Line, ...] = ()


class Article(Strict):
    """One article of a procedure document; `asks` are ways in which people ask for what it says."""

    number: Text
    title: Text | None = None
    asks: Texts = ()
    text: Text


class Rules(Dated):
    """One of the procedure documents (规程), article by article."""

    id: Id
    title: Text
    number: Text | None = None
    region: Text
    revision: Text
    articles: tuple[Article, ...] = Field(min_length=1)


class Hotline(Sourced):
    """A 12345 知识点: a question callers ask, with its answer.

    The columns are those of the field (信阳市 12345 知识库导入规则, 2021; GB/T 44191): `category` is a path
    such as 市场监管/食品经营, `nature` the kind of text, `review` the day by which the department looks at
    it again. `status` 已核验 means that somebody else than its author has read it against its basis.
    """

    id: Id
    category: Annotated[Text, StringConstraints(pattern=r"^[^/\s]+(/[^/\s]+)+$")]
    title: Annotated[Text, StringConstraints(max_length=128)]
    asks: Texts = Field(min_length=2)
    keywords: tuple[Annotated[Text, StringConstraints(max_length=20)], ...] = Field(min_length=1)
    text: Text
    department: Text
    region: Text
    nature: Literal["办事指南", "法律法规", "热点问答", "日常咨询", "通知公告", "业务指引", "审批"]
    effective: date
    review: date
    status: Literal["待核验", "已核验"]
    matter: int | None = None
    aspect: Aspect | None = None


class Elsewhere(Strict):
    """Business that is not among the matters, and where it is done."""

    title: Text
    where: Text
    asks: Texts


class Trial(Strict):
    """A question with its right answer (a matter, an entry of the index, or some sort of other business), to measure the search by.

    It was written by somebody who had not seen the ways of asking, in one of eight styles of speaking.
    """

    q: Text
    matter: int | None = None
    entry: str | None = None
    other: str | None = None
    style: Literal["plain", "colloquial", "dialect", "typo", "asr", "indirect", "keyword", "half"] | None = None


def cited(record: BaseModel) -> Iterator[str]:
    """Every citation in a record, fees and questions included."""
    for name in type(record).model_fields:
        value = getattr(record, name)
        if name == "basis":
            yield from value
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, BaseModel):
                yield from cited(part)
