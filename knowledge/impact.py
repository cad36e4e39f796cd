"""改一条看全网: which guides, lines and hotline entries a shared material, field, module or legal basis touches."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from knowledge.catalogue import SECTIONS, Catalogue
from knowledge.schema import FieldUse, Guide, Item, MaterialUse, Module, Question, cited

NAMES = {
    "questions": "问题", "conditions": "条件", "items": "事项", "materials": "材料", "fields": "表单",
    "steps": "步骤", "notes": "注意", "mistakes": "常见错误", "facts": "问答", "hotline": "12345知识点",
}


class UnknownId(Exception):
    """Nothing shared has this id."""


@dataclass(frozen=True)
class Touched:
    """A line that a change would touch: in which guide (or none, for a hotline entry), which section, what it says."""

    guide: Guide | None
    section: str
    says: str


def touched(catalogue: Catalogue, name: str) -> Iterator[Touched]:
    """Everything that says or uses `name`: a material, a field, a module, a law, or a law with an article; raises UnknownId."""
    law = name.split(" ")[0]
    known = (catalogue.materials, catalogue.fields, catalogue.modules, catalogue.laws)
    if not any(law in register for register in known):
        raise UnknownId(f"没有编号是「{name}」的材料、字段、共用模块或法规。材料编号在 materials.yml，字段在 fields.yml，模块是 modules/ 里的文件名，法规在 laws.yml（可以带条号，如 company_law 47）")
    module = catalogue.modules.get(name)
    for guide in sorted(catalogue.guides.values(), key=lambda guide: guide.number):
        lines = _of_module(guide, module, name) if module else ((section, line) for section in SECTIONS for line in getattr(guide, section) if _uses(line, name))
        yield from (Touched(guide, section, _words(line, catalogue)) for section, line in lines)
    material = catalogue.materials.get(name)
    for entry in catalogue.hotline.values():
        if _uses(entry, name) or material and material.name in entry.text:
            yield Touched(None, "hotline", f"{entry.id}：{entry.title}")


def _of_module(guide: Guide, module: Module, name: str) -> Iterator[tuple[str, BaseModel]]:
    if any(use.module == name for use in guide.uses):
        yield from ((section, line) for section in SECTIONS for line in getattr(module, section))


def _uses(line: BaseModel, name: str) -> bool:
    """Whether a line uses a material or field, or cites a law (whole, or that article)."""
    if name in (getattr(line, "material", None), getattr(line, "field", None)):
        return True
    return any(name in (basis, basis.split(" ")[0]) for basis in cited(line))


def _words(line: BaseModel, catalogue: Catalogue) -> str:
    match line:
        case MaterialUse():
            return catalogue.materials[line.material].name
        case FieldUse():
            return catalogue.fields[line.field].label
        case Item():
            return line.name
        case Question():
            return line.ask
    return getattr(line, "title", None) or line.text
