"""An edition of a guide: the guide with all it rests on, as plain data.

A consultation stands on the edition it began with, however the files change meanwhile.
"""

import json
from datetime import date
from functools import cached_property
from hashlib import sha256

from knowledge.catalogue import Catalogue
from knowledge.schema import FormField, Guide, Law, Material, Matter, Region, cited


class Edition:
    """`content` is JSON data; `fingerprint` changes whenever anything in it does."""

    def __init__(self, content: dict):
        self.content = content
        self.fingerprint = sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]

    @classmethod
    def of(cls, catalogue: Catalogue, guide: Guide) -> "Edition":
        """The edition of a guide of this catalogue, with its lines of all days."""
        whole = next(edition for edition in catalogue.editions if edition.number == guide.number and edition.effective == guide.effective)
        region = catalogue.regions[whole.region]
        laws = {basis.split(" ")[0] for record in (whole, region) for basis in cited(record)}
        return cls({
            "guide": whole.model_dump(mode="json"),
            "matter": catalogue.matters[whole.number].model_dump(mode="json"),
            "region": region.model_dump(mode="json"),
            "materials": [catalogue.materials[name].model_dump(mode="json") for name in sorted({use.material for use in whole.materials})],
            "fields": [field.model_dump(mode="json") for field in catalogue.fields.values() if field.follows or any(use.field == field.id for use in whole.fields)],
            "laws": [catalogue.laws[name].model_dump(mode="json") for name in sorted(laws)],
        })

    def on(self, day: date) -> Catalogue:
        """A catalogue that holds nothing but this edition, as it is on that day, even after the guide's last one."""
        return self._catalogue.on(min(day, self._catalogue.editions[0].expires or day))

    @cached_property
    def _catalogue(self) -> Catalogue:
        def by(key: str, shape, name: str) -> dict:
            return {getattr(record, key): record for record in map(shape.model_validate, self.content[name])}
        guide, matter, region = Guide.model_validate(self.content["guide"]), Matter.model_validate(self.content["matter"]), Region.model_validate(self.content["region"])
        return Catalogue(
            day=guide.effective, editions=(guide,), matters={matter.number: matter}, regions={region.name: region},
            materials=by("id", Material, "materials"), fields=by("id", FormField, "fields"), laws=by("id", Law, "laws"),
        )
