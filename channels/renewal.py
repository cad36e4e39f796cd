"""Takes newer knowledge into use without a restart: what `make ready` has built is opened beside the old and changed over at once."""

import logging
from pathlib import Path

from actions.memory import Books, Kit
from index import store
from index.search import Index, StaleIndex
from knowledge import catalogue
from knowledge.entries import entries
from knowledge.problem import CatalogueError

log = logging.getLogger(__name__)


def open_books(folder: Path, model: str | None) -> Books:
    """The knowledge, and the index of it under `folder` made with `model`; raises CatalogueError or StaleIndex with the remedy."""
    while True:
        built = store.built(folder)
        known = catalogue.load()
        books = Books(known, Index.load(folder, entries(known), known.elsewhere, model), built)
        if store.built(folder) == built:  # else it was exchanged while it was read
            books.index.search(2 * books.index.entries[0].title)  # no exact match: lays out all that a search needs, so that nobody has to wait for it
            return books


class Renewal:
    """Looks now and then whether a newer index has been built."""

    def __init__(self, kit: Kit, folder: Path, model: str | None):
        self._kit, self._folder, self._model = kit, folder, model
        self._unusable = 0

    def look(self) -> None:
        """Open a newer index and hand it to the turns that begin from now on. One that cannot be used leaves the old one in use."""
        now = store.built(self._folder)
        if now in (0, self._kit.books.built, self._unusable):
            return
        try:
            self._kit.books = open_books(self._folder, self._model)
        except (CatalogueError, StaleIndex) as error:
            self._unusable = now
            log.error("新的知识用不了，还用原来的：%s", error)
        else:
            log.warning("换用了新的知识和索引")
