"""A step of a story as people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.standing import Party

_KINDS = {
    PartyKind.COMMUNITY: ("社区", "community"),
    PartyKind.FUNDER: ("购买方", "funder"),
    PartyKind.ORGANIZATION: ("社会组织", "organization"),
    PartyKind.SOCIAL_WORKER: ("社工", "social worker"),
    PartyKind.EVALUATOR: ("评审专家", "evaluator"),
    PartyKind.SUPERVISION_COMMITTEE: ("居务监督委员会", "supervision committee"),
    PartyKind.PROCUREMENT_SUPERVISOR: ("财政部门", "finance department"),
}


class Stage(StrEnum):
    """Which chapter of the story a step belongs to."""

    NEED = "need"
    FUND = "fund"
    PROPOSAL = "proposal"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"
    DELIVERY = "delivery"
    MONEY = "money"
    EVALUATION = "evaluation"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, in one sentence of each language, and the money it was about."""

    stage: Stage
    zh: str
    en: str
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """Public names; a natural person is shown by the beginning of its id only."""

    parties: Mapping[UUID, Party]

    def zh(self, id: UUID) -> str:
        return self._name(id, 0)

    def en(self, id: UUID) -> str:
        return self._name(id, 1)

    def _name(self, id: UUID, language: int) -> str:
        party = self.parties.get(id)
        if party is None:
            return str(id)[:8]
        kind = _KINDS.get(party.kind, ("", ""))[language]
        return party.name or f"{kind} {str(id)[:8]}".strip()


def actors_of(fact: Fact) -> dict[str, PartyId]:
    """Parties and persons a fact names, by the field that names them."""
    fields = type(fact).model_fields
    named = {name: getattr(fact, name) for name, field in fields.items() if field.annotation is PartyId}
    brief = getattr(fact, "brief", None)
    if brief is not None:
        named = {"community_id": brief.community_id, "funder_id": brief.funder_id} | named
    return named


def parties_in(model: Model) -> Iterator[PartyId]:
    """Everybody a fact names, wherever in it."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if field.annotation is PartyId:
            yield value
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Model):
                yield from parties_in(part)


def yuan(amount: Money) -> str:
    """For English sentences; Chinese ones use the amount's own form."""
    return f"CNY {amount.fen // 100:,}.{amount.fen % 100:02d}"
