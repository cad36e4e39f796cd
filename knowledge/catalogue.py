"""Reads every knowledge file and says all that is wrong with them at once.

`load()` is the only way in. A catalogue that loads is whole: every reference leads somewhere,
every citation is in the register of laws, no line lacks its source. It shows the knowledge of one day;
`on` turns to another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

import cn2an
from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from knowledge import checks, explain
from knowledge.problem import CatalogueError, Problem
from knowledge.schema import (
    Dated, Elsewhere, FormField, Guide, Hotline, Item, Law, Material, Matter, Module, Region, Repealed, Rules, Sourced, Trial, When,
)

HERE = Path(__file__).parent
SECTIONS = tuple(Module.model_fields)
REGISTERS = {"laws.yml", "materials.yml", "fields.yml", "matters.yml", "regions.yml"}
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All knowledge, read and checked, as it is on a day. `editions` are the guides of all days, complete with their modules."""

    day: date
    editions: tuple[Guide, ...]
    matters: dict[int, Matter]
    materials: dict[str, Material]
    fields: dict[str, FormField]
    laws: dict[str, Law]
    regions: dict[str, Region]
    modules: dict[str, Module] = field(default_factory=dict)
    rules: dict[str, Rules] = field(default_factory=dict)
    hotline: dict[str, Hotline] = field(default_factory=dict)
    elsewhere: tuple[Elsewhere, ...] = ()
    trials: tuple[Trial, ...] = ()

    def on(self, day: date) -> "Catalogue":
        """The knowledge as it is on another day; the last one asked for is kept."""
        if day == self.day:
            return self
        if day not in self._other_day:
            self._other_day.clear()
            self._other_day[day] = replace(self, day=day)
        return self._other_day[day]

    @cached_property
    def _other_day(self) -> dict[date, "Catalogue"]:
        return {}

    @cached_property
    def guides(self) -> dict[int, Guide]:
        """The guides in force on the day, with the lines that hold on it. Facts keep their days: the search minds them."""
        return {guide.number: _of_day(guide, self.day) for guide in self.editions if in_force(guide, self.day)}

    @cached_property
    def by_id(self) -> dict[str, Guide]:
        """Guides by their id."""
        return {guide.id: guide for guide in self.guides.values()}

    def cite(self, bases: Iterable[str]) -> tuple[str, ...]:
        """「《食品安全法》（2025年修正）第三十五条、第四十五条」 for "food_safety_law 35", "food_safety_law 45": one entry a law."""
        articles: dict[str, list[str]] = {}
        for basis in dict.fromkeys(bases):
            key, _, article = basis.partition(" ")
            articles.setdefault(key, []).append(article_name(article))
        return tuple(f"《{self.laws[key].title}》（{self.laws[key].version}）{'、'.join(names)}" for key, names in articles.items())

    def level(self, line: Sourced) -> str:
        """The level of a sourced line: its own, or that of the most local law it rests on."""
        if line.level:
            return line.level
        levels = ("国家", "省", "市", "县")
        return max((self.laws[basis.split(" ")[0]].level for basis in line.basis), key=levels.index)


def in_force(dated: Dated, day: date) -> bool:
    """Whether something holds on a day."""
    return (dated.effective or day) <= day <= (dated.expires or day)


@cache
def article_name(article: str) -> str:
    """「第三十五条」 for "35", 「第三条之一」 for "3-1", nothing for a document without articles."""
    if not article:
        return ""
    number, _, extra = article.partition("-")
    name = f"第{cn2an.an2cn(number)}条" if number.isdigit() else number
    return name + (f"之{cn2an.an2cn(extra)}" if extra else "")


def load(folder: Path = HERE, day: date | None = None) -> Catalogue:
    """Reads the knowledge under `folder`, as it is on a day (today if none is given); raises CatalogueError with every problem found."""
    problems: list[Problem] = []
    read = _Reader(folder, problems)
    laws = read.records("laws.yml", Law)
    repealed = read.records("repealed.yml", Repealed)
    modules = {path.stem: module for path, module in read.files("modules", Module)}
    guides = list(read.files("guides", Guide))
    hotline = [(path, entry) for path, entries in read.files("hotline", list[Hotline]) for entry in entries]
    catalogue = Catalogue(
        day=day or date.today(),
        editions=tuple(merged(guide, modules) for _, guide in guides),
        matters=read.keyed("matters.yml", Matter, "number"),
        materials=read.keyed("materials.yml", Material, "id"),
        fields=read.keyed("fields.yml", FormField, "id"),
        laws={law.id: law for law in laws},
        regions=read.keyed("regions.yml", Region, "name"),
        modules=modules,
        rules={rules.id: rules for _, rules in read.files("rules", Rules)},
        hotline={entry.id: entry for _, entry in hotline},
        elsewhere=tuple(other for _, others in read.files("elsewhere", list[Elsewhere]) for other in others),
        trials=tuple(trial for _, trials in read.files("trials", list[Trial]) for trial in trials),
    )
    if not REGISTERS <= read.read:  # everything that refers to an unreadable register would seem wrong too
        raise CatalogueError(problems)
    problems += checks.repeated((("laws.yml", law.id) for law in laws))
    problems += checks.repeated(("laws.yml", f"《{law.title}》（{law.version}）") for law in laws)
    problems += checks.stale(laws, repealed)
    problems += checks.overlapping((f"guides/{path.name}", guide) for path, guide in guides)
    for (path, guide), whole in zip(guides, catalogue.editions):
        found = [*checks.missing_modules(guide, modules), *checks.guide(whole, catalogue)]
        problems += [problem.within(f"guides/{path.name}") for problem in found]
    for path, problem in checks.hotline(hotline, catalogue):
        problems.append(problem.within(f"hotline/{path.name}"))
    problems += checks.unused(catalogue)
    told = [(f"guides/{path.name}", guide) for path, guide in guides] + [(f"modules/{name}.yml", part) for name, part in modules.items()]
    told += [(f"hotline/{path.name}", entry) for path, entry in hotline]
    for file, record in told + [("materials.yml", material) for material in catalogue.materials.values()]:
        problems += [problem.within(file) for problem in checks.wording(record, repealed)]
    if problems:
        raise CatalogueError(problems)
    return catalogue


def trials(folder: Path) -> list[Trial]:
    """The trial questions in the files of a folder; raises CatalogueError."""
    problems: list[Problem] = []
    found = [trial for _, rows in _Reader(folder.parent, problems).files(folder.name, list[Trial]) for trial in rows]
    if problems:
        raise CatalogueError(problems)
    return found


def merged(guide: Guide, modules: dict[str, Module]) -> Guide:
    """The guide with its modules' sections: plain ones before its own, those with a condition after."""
    known = [use for use in guide.uses if use.module in modules]
    before = [modules[use.module] for use in known if not use.when]
    after = [_only(modules[use.module], use.when) for use in known if use.when]
    parts = [*before, guide, *after]
    sections = {name: tuple(line for part in parts for line in getattr(part, name)) for name in SECTIONS}
    own = {id(step) for step in guide.steps}
    # What comes before everything, the guide's own before its modules'; then the modules' steps; then the guide's own.
    sections["steps"] = tuple(sorted(sections["steps"], key=lambda step: (not step.first, step.first != (id(step) in own))))
    sections["items"] = _in_order(sections["items"])
    return guide.model_copy(update=sections)


def _in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each item after those it waits for, otherwise as written; a circle is left for the checks to name."""
    left, done = list(items), []
    while left:
        waiting = {item.id for item in left}
        done.append(next((item for item in left if not waiting & set(item.after)), left[0]))
        left.remove(done[-1])
    return tuple(done)


def _only(module: Module, when: When) -> Module:
    """The module with a condition put on each of its lines; facts are told to whoever asks."""
    def limited(line):
        return line.model_copy(update={"when": {"all": [when, line.when]} if line.when else when})
    return module.model_copy(update={name: tuple(limited(line) for line in getattr(module, name)) for name in SECTIONS if name != "facts"})


def _of_day(guide: Guide, day: date) -> Guide:
    def kept(name: str) -> tuple:
        return tuple(line for line in getattr(guide, name) if name == "facts" or not isinstance(line, Sourced) or in_force(line, day))
    return guide.model_copy(update={name: kept(name) for name in SECTIONS})


class _Reader:
    """Reads YAML files into records, keeping every problem instead of stopping at the first."""

    def __init__(self, folder: Path, problems: list[Problem]):
        self.folder, self.problems, self.read = folder, problems, set()

    def files(self, name: str, shape: type[T]) -> Iterator[tuple[Path, T]]:
        """Each file of a sub-folder as one record."""
        for path in sorted((self.folder / name).glob("*.yml")):
            record = self._shaped(f"{name}/{path.name}", self._yaml(f"{name}/{path.name}"), shape)
            if record is not None:
                yield path, record

    def records(self, name: str, shape: type[T]) -> list[T]:
        """A file that is a list of records; a faulty one is left out, so that what refers to the others is still found."""
        data = self._yaml(name)
        if isinstance(data, list) and self._shaped(name, data, list[shape]) is None:
            data = [record for record in data if self._fits(record, shape)]
        return self._shaped(name, data, list[shape]) or []

    @staticmethod
    def _fits(record: object, shape: type[T]) -> bool:
        try:
            return bool(TypeAdapter(shape).validate_python(record))
        except ValidationError:
            return False

    def keyed(self, name: str, shape: type[T], key: str) -> dict:
        """A file that is a list of records, by one of their keys."""
        records = self.records(name, shape)
        self.problems += checks.repeated((name, str(getattr(record, key))) for record in records)
        return {getattr(record, key): record for record in records}

    def _yaml(self, name: str) -> object:
        try:
            data = YAML(typ="safe").load((self.folder / name).read_text("utf-8"))
            self.read.add(name)
            return data
        except FileNotFoundError:
            self.problems.append(Problem(name, "", "没有这个文件", "请恢复这个文件"))
        except UnicodeDecodeError:
            self.problems.append(Problem(name, "", "不是 UTF-8 编码", "请用 UTF-8 编码重新保存"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            self.problems.append(Problem(name, f"第{line}行", *explain.yaml(error)))
        except ValueError as error:  # what looks like a date or a number and is none
            self.problems.append(Problem(name, "", f"有一个日期或数字读不出来（{error}）", "请找出不存在的日期（如 2 月 30 日），改成 2026-11-21 这样"))
        return None

    def _shaped(self, name: str, data: object, shape: type) -> object:
        if name not in self.read:
            return None
        try:
            return TypeAdapter(shape).validate_python(data)
        except ValidationError as error:
            self.problems += [Problem(name, place, *words) for place, words in explain.shape(error, data)]
            return None
