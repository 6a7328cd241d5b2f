"""Rulebooks an installation knows: YAML documents beside this file, and what its officers adopted.

Each is named by the hash of its content and of the layers it lies on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from schemas.layering import Document, effective
from schemas.refused import Refused
from schemas.rulebook import Rulebook, edition
from services.kit.rulebook_checks import layered
from services.kit.rulebook_text import BadRulebook

FOLDER = Path(__file__).parent / "rulebooks"


class Shelf:
    """All known documents, by hash, by `id@version`, and by id the edition in force on a day."""

    def __init__(self, chains: Iterable[Sequence[Document]], below: "Shelf | None" = None) -> None:
        """`chains`: documents with their layers, uppermost first. What lies `below` is on this shelf too."""
        self.grown: dict[frozenset[str], Shelf] = {}
        """shelves with more on them, by the hashes of what came"""
        self._by_hash: dict[str, Rulebook] = dict(below._by_hash) if below else {}
        self._layers: dict[str, tuple[Document, ...]] = dict(below._layers) if below else {}
        for chain in chains:
            book = effective(chain)
            self._by_hash[book.hash] = book
            self._layers[book.name] = tuple(chain)
        self._editions: dict[str, list[Rulebook]] = defaultdict(list)
        for book in sorted(self._by_hash.values(), key=lambda book: (book.effective_from, edition(book.version))):
            self._editions[book.id].append(book)

    def __iter__(self) -> Iterator[Rulebook]:
        return iter(self._by_hash.values())

    def by_hash(self, hash: str) -> Rulebook:
        return _found(self._by_hash.get(hash), hash)

    def named(self, id: str, on: date | None = None) -> Rulebook:
        """The edition in force that day, or the newest; before the first is in force, the first."""
        editions = self._editions.get(id, [])
        in_force = [book for book in editions if on is None or book.effective_from <= on]
        return _found(next(reversed(in_force or editions[:1]), None), id)

    def layers(self, name: str) -> tuple[Document, ...] | None:
        """The documents of `id@version`, uppermost first."""
        return self._layers.get(name)


def _found(book: Rulebook | None, asked: str) -> Rulebook:
    if book is None:
        raise Refused("unknown_rulebook", status=422, field="rulebook", rulebook=asked)
    return book


@cache
def shipped() -> Shelf:
    """Upper layers first, whatever the files are called."""
    texts = {file.name: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml"))}
    shelf = Shelf(())
    while texts:
        ready = {name: chain for name, text in texts.items() if (chain := _chain(text, shelf)) is not None}
        if not ready:
            for name, text in texts.items():
                try:
                    layered(text, shelf.layers)
                except BadRulebook as error:
                    raise ValueError(f"{name}: {error}") from error
        shelf = Shelf(ready.values(), shelf)
        texts = {name: text for name, text in texts.items() if name not in ready}
    return shelf


def _chain(text: str, shelf: Shelf) -> tuple[Document, ...] | None:
    """None while it cannot be used: what it lies on may come later."""
    try:
        return layered(text, shelf.layers)
    except BadRulebook:
        return None
