"""A change to the knowledge is tried on a copy of the whole before any file is replaced, and then made all at once."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from knowledge.catalogue import Catalogue, load


def tried(folder: Path, texts: Mapping[str, str], day: date) -> Catalogue:
    """The knowledge under `folder` as it would be with these files (by their path in it); raises CatalogueError."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "knowledge"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for name, text in texts.items():
            (copy / name).parent.mkdir(exist_ok=True)
            (copy / name).write_text(text, "utf-8")
        return load(copy, day)


def made(folder: Path, texts: Mapping[str, str]) -> None:
    """Writes every file beside its place first, then puts them all in place: none is ever half written."""
    written = {}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        written[name] = folder / f"{name}.new"
        written[name].write_text(text, "utf-8")
    for name, path in written.items():
        os.replace(path, folder / name)
