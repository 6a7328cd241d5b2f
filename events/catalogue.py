"""The catalogue: each event name and version is one model; old versions are lifted to the newest by upcasters."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import schemas
from events.envelope import Envelope
from schemas.fact import Fact
from schemas.former import UPCASTERS

Upcaster = Callable[[Any], Fact]


class UnknownVersion(Exception):
    """A type we handle came in a version we do not know: readers must be rolled out before writers."""


class Catalogue:
    """`upcasters[(type, version)]` lifts that version to the next; decoding always yields the newest."""

    def __init__(
        self, facts: Iterable[type[Fact]], upcasters: Mapping[tuple[str, int], Upcaster] | None = None
    ) -> None:
        self.facts: dict[tuple[str, int], type[Fact]] = {}
        self._envelopes: dict[tuple[str, int], type[Envelope[Any]]] = {}
        for fact in facts:
            place = (fact.type, fact.version)
            if place in self.facts:
                raise ValueError(f"two models for event {fact.type} version {fact.version}")
            self.facts[place] = fact
            self._envelopes[place] = Envelope[fact]  # type: ignore[valid-type]  # a class made at run time
        self._upcasters = dict(upcasters or {})
        self.newest = {name: max(v for n, v in self.facts if n == name) for name, _ in self.facts}
        for name, version in self.facts:
            if version != self.newest[name] and (name, version) not in self._upcasters:
                raise ValueError(f"event {name} version {version} has no upcaster")

    def decode(self, type: str, version: int, raw: bytes) -> Envelope[Any]:
        """The envelope with its fact in the newest version; pydantic's ValidationError when the bytes are bad."""
        try:
            model = self._envelopes[type, version]
        except KeyError:
            raise UnknownVersion(f"{type} version {version}") from None
        envelope: Envelope[Any] = model.__pydantic_validator__.validate_json(raw)
        if version == self.newest[type]:
            return envelope
        return envelope.model_copy(update={"data": self._lift(envelope.data)})

    def fact(self, type: str, version: int, raw: str | bytes) -> Fact:
        """A fact kept without its envelope, in the newest version."""
        try:
            model = self.facts[type, version]
        except KeyError:
            raise UnknownVersion(f"{type} version {version}") from None
        return self._lift(model.model_validate_json(raw))

    def _lift(self, fact: Fact) -> Fact:
        while fact.version < self.newest[fact.type]:
            fact = self._upcasters[fact.type, fact.version](fact)
        return fact

    def envelope_model(self, fact: type[Fact]) -> type[Envelope[Any]]:
        return self._envelopes[fact.type, fact.version]


def every_fact() -> Iterator[type[Fact]]:
    """Every model in `schemas` that names its own type, in the order of their names."""
    for module in pkgutil.iter_modules(schemas.__path__, "schemas."):
        importlib.import_module(module.name)
    found: dict[tuple[str, int], type[Fact]] = {}
    open_ends: list[type[Fact]] = [Fact]
    while open_ends:
        cls = open_ends.pop()
        open_ends.extend(cls.__subclasses__())
        if "type" in cls.__dict__ and cls.__module__.startswith("schemas."):
            found[cls.type, cls.version] = cls
    yield from (found[name] for name in sorted(found))


CATALOGUE = Catalogue(every_fact(), UPCASTERS)
