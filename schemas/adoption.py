"""A rulebook that two officers of a jurisdiction adopted: told to all services, and kept by each."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Self
from uuid import UUID, uuid5

from pydantic import Field, model_validator

from schemas.deciding import State
from schemas.fact import RULEBOOKS, Fact
from schemas.layering import MOST_LAYERS, Document, effective

_BY_HASH = UUID("5a1f6e1c-3b7e-5c55-9f0e-3a5ca0000006")

RulebookHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 over the canonical JSON of a document and the hash of the layer above."""


def rulebook_id(hash: str) -> UUID:
    """One content is one rulebook: handing it in again meets the first."""
    return uuid5(_BY_HASH, hash)


class RulebookAdopted(Fact):
    """From its effective date on new projects of the jurisdiction may begin under it, and no longer under the edition
    before. What began earlier keeps the rulebook it began with.

    Carries the document with all its layers, so that a decision can be derived again from this fact alone.
    """

    type: ClassVar[str] = "rulebook.adopted"
    stream: ClassVar[str] = RULEBOOKS
    key_field: ClassVar[str] = "jurisdiction"

    jurisdiction: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    rulebook: RulebookHash
    layers: Annotated[tuple[Document, ...], Field(min_length=1, max_length=MOST_LAYERS)]
    """uppermost first; the last is the document adopted"""
    handed_in_by: UUID
    adopted_by: UUID
    """persons, by id"""

    @model_validator(mode="after")
    def _is_what_it_is_called(self) -> Self:
        if effective(self.layers).hash != self.rulebook:
            raise ValueError("the hash is another document's")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedRulebook(State):
    """As every service keeps it, in its own schema."""

    hash: str
    jurisdiction: str
    layers: tuple[Document, ...]
    handed_in_by: UUID
    adopted_by: UUID


def adopted(fact: RulebookAdopted) -> AdoptedRulebook:
    return AdoptedRulebook(
        id=rulebook_id(fact.rulebook),
        hash=fact.rulebook,
        jurisdiction=fact.jurisdiction,
        layers=fact.layers,
        handed_in_by=fact.handed_in_by,
        adopted_by=fact.adopted_by,
    )
