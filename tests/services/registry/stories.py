"""A registry with two registrars, told by verbs, without a shell."""

import secrets
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from schemas import uscc
from schemas.deciding import Context, State, World
from schemas.ids import PartyId
from schemas.model import Model
from schemas.party import Certificate, CertificateLevel, PartyRegistered, TieKind
from schemas.role import Actor, Role
from schemas.standing import Key, Party, evolve_standing
from services.kit.rulebooks import shipped
from services.registry.rules import evolve
from services.registry.rules.key import IssueKey, issue_key, issue_refs, key_of
from services.registry.rules.party import RegisterParty, register_party, register_refs
from services.registry.rules.standing import SuspendParty, VerifyParty, party_refs, suspend_party, verify_party
from services.registry.rules.tie import DeclareTie, declare_tie, tie_refs
from tests.support.pure import NOON, Story, an_actor

ONE = an_actor(Role.REGISTRAR)
OTHER = an_actor(Role.REGISTRAR, party_id=ONE.party_id)
USCC = {
    "organization": "52340111XXXX00027P",
    "community": "55411502XXXX00043E",
    "funder": uscc.make("11", "320508", "00012345"),
}
DIVISION = {
    "organization": "340111",
    "community": "411502001001",
    "funder": "320508",
    "supervision_committee": "411502001001",
}
LICENSED = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=date(2027, 1, 1))


def a_registration(kind: str = "organization", **changes: Any) -> RegisterParty:
    fields: dict[str, Any] = {
        "kind": kind,
        "name": "示例" + kind,
        "uscc": USCC.get(kind),
        "division": DIVISION.get(kind, "320508"),
        "certificate": LICENSED if kind == "social_worker" else None,
    }
    return RegisterParty(**fields | changes)


def a_digest() -> str:
    return sha256(secrets.token_bytes(32)).hexdigest()


def remember(world: World, fact: Model) -> tuple[State, ...]:
    """As the shell does: standing first, then the service's own states."""
    return (*evolve_standing(world, fact), *evolve(world, fact))


class Registered(Story):
    """The story of the registry."""

    def __init__(self, area: str | None = None) -> None:
        super().__init__(remember, shipped().named("example/below-limit"))
        self.area = area

    def context(self, by: Actor) -> Context:
        return replace(super().context(by), area=self.area)

    def command(self, refs: Any, decide: Any, command: Any, by: Actor = ONE) -> list[Model]:
        """With the states the command itself says it needs."""

        def prepared(world: World, command: Any, context: Context) -> Any:
            world.ask(refs(command, context.cause))
            return decide(world, command, context)

        return self.do(prepared, command, by)

    def register(self, kind: str = "organization", by: Actor = ONE, **changes: Any) -> Party:
        said = self.command(register_refs, register_party, a_registration(kind, **changes), by)
        return self.world.get(Party, next(one.party_id for one in said if isinstance(one, PartyRegistered)))

    def verify(self, party: Party, by: Actor = OTHER) -> Party:
        self.command(party_refs, verify_party, VerifyParty(party_id=PartyId(party.id)), by)
        return self.world.get(Party, party.id)

    def suspend(self, party: Party, by: Actor = ONE, reason: str = "年度报告逾期未报") -> Party:
        self.command(party_refs, suspend_party, SuspendParty(party_id=PartyId(party.id), reason=reason), by)
        return self.world.get(Party, party.id)

    def tie(self, party: Party, tied_to: Party, by: Actor = ONE) -> Party:
        command = DeclareTie(party_id=PartyId(party.id), tied_to=PartyId(tied_to.id), kind=TieKind.EMPLOYMENT)
        self.command(tie_refs, declare_tie, command, by)
        return self.world.get(Party, party.id)

    def issue(self, party: Party, role: Role, **changes: Any) -> Key:
        fields: dict[str, Any] = {
            "party_id": party.id,
            "role": role,
            "digest": a_digest(),
            "expires_at": NOON + timedelta(days=365),
        }
        command = IssueKey(**fields | changes)
        self.command(issue_refs, issue_key, command)
        return self.world.get(Key, key_of(command.digest))
