"""What was accepted, for everyone (验收结果公告): by which party, when, and what those served and the committee said.

政府采购法实施条例 第四十五条: the acceptance of a public service invites the people served, and its result is announced
to society. So this door needs no account, and shows neither a person nor a number so small that it points at one.
"""

from datetime import datetime
from enum import StrEnum

from events.database import Connection
from schemas.contract import Milestone
from schemas.delivery import OpinionKind
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules, store
from services.contracts.rules.acceptance_report import ACCEPTANCE
from services.contracts.rules.step import Stage
from services.kit import reasons
from services.kit.asked import Answer, Asked
from services.kit.service import Get

LEAST_SHOWN = 5
"""a count of people below it is not shown, nor one that could be worked out from it; a platform limit"""


class AcceptingParty(Answer):
    """A party, never its person. A natural person stands here by id only."""

    id: PartyId
    name: str | None


class HeardAnswer(Answer):
    """How many of the people served were invited, said something and said nothing; none where so few were counted
    that a number could point at a person (`suppressed`)."""

    invited: int | None
    commented: int | None
    silent: int | None
    suppressed: bool


class PublicOpinion(Answer):
    """One of the supervision committee; its words stand here once the milestone is accepted."""

    kind: OpinionKind
    addressed_to: Role
    filed_at: datetime
    text: str | None
    answer: str | None
    answered_at: datetime | None


class AcceptanceState(StrEnum):
    """How far one milestone is, for everyone."""

    AWAITED = "awaited"
    RETURNED = "returned"
    """sent back to be mended, and awaited again"""
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    DEEMED = "deemed"
    """accepted, because the buyer's window passed unanswered"""


class AcceptanceAnswer(Answer):
    """One milestone as it stands now; a date is of the delivery that counts, not of one that was sent back."""

    milestone: Milestone
    code: AcceptanceState
    zh: str
    en: str
    delivered_by: AcceptingParty | None
    confirmed_by: AcceptingParty | None
    accepted_by: AcceptingParty | None
    """the buyer, also where its silence is the acceptance (`deemed`)"""
    submitted_at: datetime | None
    confirmed_at: datetime | None
    acceptance_due: datetime | None
    """when the buyer's silence is acceptance; exclusive"""
    accepted_at: datetime | None
    returned_at: datetime | None
    returned: str | None
    """why it came back"""
    report_digest: str | None
    """SHA-256 of the acceptance report (验收书)"""
    heard: HeardAnswer | None
    opinions: tuple[PublicOpinion, ...]


class AcceptancesAnswer(Answer):
    """The agreement's milestones in order, and why they are told to everyone."""

    version: int
    title: str
    acceptances: tuple[AcceptanceAnswer, ...]
    source: str


async def get_acceptances(tx: Connection, asked: Asked) -> AcceptancesAnswer:
    """Of a signed agreement; of a draft there is nothing that could be accepted."""
    contract = await store.contract_of(tx, asked.id("project_id"))
    if contract is None or not contract[0].signed:
        raise Refused("not_found", status=404, what="Contract", id=str(asked.id("project_id")))
    terms, version = contract
    return AcceptancesAnswer(
        version=version,
        title=terms.agreement.brief.title,
        acceptances=tuple(_acceptance(terms, milestone) for milestone in terms.milestones),
        source=ACCEPTANCE.text,
    )


def _acceptance(contract: rules.Contract, milestone: Milestone) -> AcceptanceAnswer:
    delivery = contract.deliveries[milestone]
    stage, state = delivery.stage, _state(delivery)
    zh, en = (reasons.said(state, language) for language in reasons.LANGUAGES)
    accepted, back = stage is Stage.ACCEPTED, state is AcceptanceState.RETURNED
    confirmed = stage in (Stage.CONFIRMED, Stage.ACCEPTED) and not contract.by_community
    dates = {step: contract.dates.get(f"{milestone}.{step}") for step in (*Stage, "returned")}
    return AcceptanceAnswer(
        milestone=milestone,
        code=state,
        zh=zh,
        en=en,
        delivered_by=None if stage is Stage.AWAITED else party_of(contract, contract.provider_id),
        confirmed_by=party_of(contract, contract.community_id) if confirmed else None,
        accepted_by=party_of(contract, contract.funder_id) if accepted else None,
        submitted_at=None if stage is Stage.AWAITED else dates[Stage.SUBMITTED],
        confirmed_at=dates[Stage.CONFIRMED] if confirmed else None,
        acceptance_due=contract.window_ends(milestone),
        accepted_at=dates[Stage.ACCEPTED] if accepted else None,
        returned_at=dates["returned"] if back else None,
        returned=delivery.returned if back else None,
        report_digest=delivery.report_digest,
        heard=_heard(contract.consultations.get(milestone)),
        opinions=tuple(_opinion(one, public=accepted) for one in contract.opinions if one.milestone is milestone),
    )


def _state(delivery: rules.Delivery) -> AcceptanceState:
    if delivery.deemed:
        return AcceptanceState.DEEMED
    if delivery.stage is Stage.AWAITED and delivery.returned is not None:
        return AcceptanceState.RETURNED
    return AcceptanceState(delivery.stage)


def party_of(contract: rules.Contract, id: PartyId) -> AcceptingParty:
    named = () if contract.annex is None else contract.annex.parties
    return AcceptingParty(id=id, name=next((one.name for one in named if one.id == id), None))


def _heard(consultation: rules.Consultation | None) -> HeardAnswer | None:
    """All numbers go where one is small: two of three would tell the third."""
    if consultation is None:
        return None
    silent = consultation.invited - consultation.commented
    small = any(0 < number < LEAST_SHOWN for number in (consultation.invited, consultation.commented, silent))
    return HeardAnswer(
        invited=None if small else consultation.invited,
        commented=None if small else consultation.commented,
        silent=None if small else silent,
        suppressed=small,
    )


def _opinion(opinion: rules.Opinion, *, public: bool) -> PublicOpinion:
    return PublicOpinion(
        kind=opinion.kind,
        addressed_to=opinion.addressed_to,
        filed_at=opinion.filed_at,
        text=opinion.text if public else None,
        answer=opinion.answer if public else None,
        answered_at=opinion.answered_at,
    )


ACCEPTANCES = Get(
    path="/v1/projects/{project_id}/acceptances",
    roles=frozenset(),
    handler=get_acceptances,
    answer=AcceptancesAnswer,
    summary="验收结果公告(任何人可查) · The announced results of acceptance, for everyone",
)
