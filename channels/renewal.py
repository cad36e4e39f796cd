"""Takes newer knowledge into use without a restart: what `make ready` has built is opened beside the old and changed over at once."""

import logging
from pathlib import Path

from actions.memory import Books, Kit
from index.search import Index, StaleIndex
from knowledge import catalogue
from knowledge.entries import entries
from knowledge.problem import CatalogueError

log = logging.getLogger(__name__)


def open_books(folder: Path, model: str | None) -> Books:
    """The knowledge, and the index of it under `folder` made with `model`; raises CatalogueError or StaleIndex with the remedy."""
    known = catalogue.load()
    return Books(known, Index.load(folder, entries(known), known.elsewhere, model))


class Renewal:
    """Looks now and then whether a newer index has been built."""

    def __init__(self, kit: Kit, folder: Path, model: str | None):
        self._kit, self._folder, self._model = kit, folder, model
        self._seen = self._stamp()

    def look(self) -> None:
        """Open a newer index and hand it to the turns that begin from now on. One that cannot be used leaves the old one in use."""
        now = self._stamp()
        if now in (None, self._seen):
            return
        self._seen = now
        try:
            self._kit.books = open_books(self._folder, self._model)
        except (CatalogueError, StaleIndex) as error:
            log.error("新的知识用不了，还用原来的：%s", error)
        else:
            log.warning("换用了新的知识和索引")

    def _stamp(self) -> int | None:
        """When the index was built; None while it is being exchanged."""
        try:
            return (self._folder / "index.json").stat().st_mtime_ns
        except FileNotFoundError:
            return None
