"""Bringing published elections into an installation: a community, its needs, a ballot, its votes.

Everything is read and checked before anything is written. Every request has an idempotency key made of the file's
content, so an import that broke off goes on where it stopped when it is repeated.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from deploy.demo import election
from deploy.demo.client import Client, Person, Problem
from deploy.demo.story import choosing
from deploy.demo.story.registering import Entry, Registry, give_key, known, party, register, verify
from schemas import uscc
from schemas.bilingual import Bilingual
from schemas.ids import NeedId, PartyId
from schemas.pabulib import Pabulib, Vote
from schemas.party import PartyKind
from schemas.role import Role
from services.needs.api.intake import BallotAnswer, BallotsPage

CATEGORY_OF_COMMUNITIES = "55"


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One file, read and found to fit, and what shall be made of it."""

    name: str
    published: Pabulib
    division: str
    category: str
    funder_id: PartyId
    days: int
    """from the opening of the ballot to its close"""
    content: str
    """SHA-256 of the file and these choices: other choices are another import"""

    @property
    def votes(self) -> list[Vote]:
        """Those that choose something."""
        return [vote for vote in self.published.votes if vote.projects]


def content_of(text: str, *choices: str) -> str:
    return hashlib.sha256("\x1f".join((text, *choices)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    ballot: BallotAnswer
    needs: list[NeedId]


class NotAFunder(Bilingual):
    """The ballot's budget would be nobody's."""


async def must_fund(api: Client, funder_id: PartyId) -> None:
    """Asked before anything is written: a ballot is refused without a funder who may act."""
    found = await party(api, funder_id)
    if found.kind is not PartyKind.FUNDER or not found.verified or found.suspended:
        raise NotAFunder(
            f"主体 {funder_id} 不是可以出资的购买方,请用 --funder 指明。",
            f"Party {funder_id} is not a funder that may act; name one with --funder.",
        )


async def bring_in(api: Client, registry: Registry, one: Import, progress: Callable[[int], None]) -> Imported:
    """Registered, posted, opened, voted; `progress` hears how many votes a batch took."""
    staff = await _community(api, registry, one)
    drafts = election.needs(one.published, one.division, lambda name: one.category)
    needs = await choosing.post_needs(api, staff, drafts, key=one.content)
    ballot = await _ballot(api, staff, one, needs, registry)
    if ballot.result is None:
        for number, batch in enumerate(election.votes(one.published, needs, one.content)):
            progress(await choosing.cast_votes(api, staff, ballot.id, batch, key=f"{one.content}.votes.{number}"))
    return Imported(ballot=ballot, needs=needs)


async def _community(api: Client, registry: Registry, one: Import) -> Person:
    """A made-up community with a valid code of nobody's; its key derives from a registrar's, so it is known again."""
    name = f"示例 {one.name}"[:100]
    code = uscc.make(CATEGORY_OF_COMMUNITIES, one.division[:6], _body(one.content))
    entry = Entry(kind=PartyKind.COMMUNITY, name=name, division=one.division, uscc=code)
    id = await register(api, registry, entry, key=f"{one.content}.register")
    await verify(api, registry, id, key=f"{one.content}.verify")
    derived = hmac.digest(registry.enters.secret.encode(), one.content.encode(), "sha256")
    secret = base64.urlsafe_b64encode(derived).decode().rstrip("=")
    try:
        staff = await give_key(api, registry, id, Role.COMMUNITY, "社区工作者", secret=secret)
    except Problem as problem:
        if problem.code != "key_known":  # it was given before the import broke off
            raise
        staff = Person(name="社区工作者", party_id=id, role=Role.COMMUNITY, secret=secret)
    await known(api, staff)
    return staff


def _body(content: str) -> str:
    """Eight characters of a credit code, from a digest."""
    number, letters = int(content, 16), []
    for _ in range(8):
        number, rest = divmod(number, len(uscc.ALPHABET))
        letters.append(uscc.ALPHABET[rest])
    return "".join(letters)


async def _ballot(api: Client, staff: Person, one: Import, needs: list[NeedId], registry: Registry) -> BallotAnswer:
    """The ballot over these needs: the one a broken-off import opened, or a new one."""
    page = await api.get(f"/v1/communities/{staff.party_id}/ballots", BallotsPage)
    for ballot in page.ballots:
        if [item.need_id for item in ballot.items] == needs:
            return ballot
    closes_at = registry.now + timedelta(days=one.days)
    return await choosing.open_ballot(api, staff, election.ballot(one.published, needs, one.funder_id, closes_at))


def differs(one: Import, imported: Imported) -> tuple[list[str], list[str]] | None:
    """Ids chosen only here, and only as published; none while the ballot is open or the file does not say."""
    result, there = imported.ballot.result, one.published.selected
    if result is None or there is None:
        return None
    here = election.chosen(one.published, imported.needs, result.chosen)
    return sorted(here - there), sorted(there - here)
