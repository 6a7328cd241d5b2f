"""Rulebooks this installation knows: YAML documents beside this file, named by the hash of their content."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import digest_of
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rule, Rulebook, Source

FOLDER = Path(__file__).parent / "rulebooks"


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: Any
    source: str = Field(min_length=2)
    certainty: Certainty


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z]+/[a-z0-9-]+$")
    version: str
    title: str
    effective_from: date
    rules: dict[str, _Value]


def parse(text: str) -> Rulebook:
    """Validated, and hashed over its canonical JSON."""
    document = _Document.model_validate(yaml.safe_load(text))
    rules = {path: Rule(value.value, Source(value.source, value.certainty)) for path, value in document.rules.items()}
    return Rulebook(
        id=document.id,
        version=document.version,
        title=document.title,
        effective_from=document.effective_from,
        hash=digest_of(document),
        rules=rules,
    )


class Shelf:
    """All known documents, by hash and by name (the newest of a name)."""

    def __init__(self, books: Iterable[Rulebook]) -> None:
        self._by_hash = {book.hash: book for book in books}
        newest = sorted(self._by_hash.values(), key=lambda book: (book.effective_from, book.version))
        self._by_name = {book.id: book for book in newest}

    def __iter__(self) -> Any:
        return iter(self._by_hash.values())

    def by_hash(self, hash: str) -> Rulebook:
        return self._found(self._by_hash.get(hash), hash)

    def named(self, id: str) -> Rulebook:
        return self._found(self._by_name.get(id), id)

    def _found(self, book: Rulebook | None, asked: str) -> Rulebook:
        if book is None:
            raise Refused("unknown_rulebook", status=422, field="rulebook", rulebook=asked)
        return book


def shipped() -> Shelf:
    return Shelf(parse(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yaml")))
