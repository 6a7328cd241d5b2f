"""What is remembered of an agreement: its terms, who signed them, and how far the delivery is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from schemas.arranging import milestones_of
from schemas.contract import Agreement, Milestone
from schemas.days import end_of
from schemas.deciding import State
from schemas.fact import Note
from schemas.ids import PartyId, ProjectId
from schemas.judging import (
    AuditReported,
    Consequence,
    MidTermAwaited,
    MidTermDeemedPassed,
    MidTermGraded,
    MidTermResult,
)
from schemas.money import Money
from schemas.obligation import Duty, Obligation
from schemas.party import committee_of
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.rulebook import Certainty, Rule, Source
from services.contracts.rules.annex import JUDGE_DAYS, OPINION_DAYS, Annex
from services.contracts.rules.held import Held
from services.contracts.rules.life import Change, Contested, ContractState, Proceeding, Suspension
from services.contracts.rules.opinion import Opinion
from services.contracts.rules.step import BEFORE_THE_BUYER, Consultation, Delivery, Endorsement, Stage
from services.contracts.rules.units import NOTHING_DONE, WorkDone
from services.contracts.rules.visit import VisitTotals

RESUME = "resume"
"""the timer of a suspension"""
TERM = "term"
"""the timer of the last day"""
JUDGE = "judge.mid_term"
"""the timer of a mid-term that nobody has judged"""
CONTRACT_DAYS = "deadline.contract"
CONTRACT_PUBLISHED = "deadline.contract_published"
SEPARATION = Source("吉林省民政厅 2016-12-23 提案答复:居民会议决策、居委会执行、监督委员会监督", Certainty.FOUNDING)
"""From which follows: who did a thing does not also confirm or accept it."""

_NOT_IN_FORCE = (ContractState.DRAFTED, ContractState.LAPSED, ContractState.WITHDRAWN, ContractState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(State):
    """One project has one agreement, so its id here is the project's."""

    agreement: Agreement
    digest: str
    annex: Annex | None = None
    """none for an agreement from before papers were made"""
    endorsements: tuple[Endorsement, ...] = ()
    signed: bool = False
    deliveries: Mapping[Milestone, Delivery]
    dates: Mapping[str, datetime]
    """when each step was made, by its name (`signed`, `mid_term.submitted`, …)"""
    work: WorkDone = NOTHING_DONE
    """of an agreement that is paid by the unit"""
    paper_digest: str | None = None
    """SHA-256 of the signed paper"""
    grade: str | None = None
    paid: Money | None = None
    returned: Money | None = None
    published: bool = False
    visits_digest: str = ""
    """the chain over all visits ever recorded, voided ones too"""
    visits: Mapping[Milestone, VisitTotals] = field(default_factory=dict)
    """as they were counted when the milestone was submitted"""
    opinions: tuple[Opinion, ...] = ()
    """in the order in which they came"""
    consultations: Mapping[Milestone, Consultation] = field(default_factory=dict)
    judgement: MidTermGraded | None = None
    """the last one of the mid-term"""
    awaited: MidTermAwaited | None = None
    """the judgement the accepted mid-term waits for; none while nobody has to judge by a day"""
    deemed: MidTermDeemedPassed | None = None
    """the mid-term passed because nobody judged it"""
    audit_report: AuditReported | None = None
    """the last one"""
    changes: tuple[Change, ...] = ()
    """all that were proposed, by their number"""
    released: frozenset[int] = frozenset()
    """tranches that are payable or paid; as far as funds has told"""
    suspension: Suspension | None = None
    proceedings: tuple[Proceeding, ...] = ()
    """to terminate it"""
    terminated: bool = False
    lapsed: bool = False
    """its reservation ended before its money was committed"""
    withdrawn: bool = False
    """before both had signed: its award was set aside, or one side took a commission back"""
    papers_of: UUID | None = None
    """what the ids of its papers derive from, where an agreement for the same project was signed before it"""
    cancelled: bool = False
    """by the decision of a complaint"""
    contested: Contested | None = None
    """by a decision that would cancel it"""
    held: Held | None = None
    """since when objections hold up the signing, or what was signed"""
    contract_due: datetime | None = None
    """exclusive: until when both are to sign; none before the result was announced"""
    announce_due: datetime | None = None
    """exclusive: until when the buyer announces what was signed"""
    announced_at: datetime | None = None
    overdue_since: date | None = None
    """the last day that passed with something undelivered; a later one may have been agreed on since"""

    @property
    def mid_term(self) -> MidTermResult | None:
        if self.deemed is not None:
            return MidTermResult.PASSED
        return None if self.judgement is None else self.judgement.result

    @property
    def ended(self) -> bool:
        """Over before its time."""
        failed = self.judgement is not None and self.judgement.consequence is Consequence.ENDS
        return failed or self.terminated or self.lapsed or self.withdrawn or self.cancelled

    @property
    def being_cancelled(self) -> bool:
        """Funds has still to say whether a payment was ordered."""
        return self.contested is not None and self.contested.performed is None and not self.cancelled

    def due(self) -> Mapping[str, datetime]:
        """A confirmed milestone waits for the buyer only so long, an opinion for its answer; nothing waits while the
        agreement stands still."""
        if self.ended or self.being_cancelled:
            return {}
        if self.suspension is not None:
            return {RESUME: self.suspension.ends_at}
        if self.held is not None:
            return {}
        windows = {f"accept.{milestone}": self.window_ends(milestone) for milestone in self.deliveries}
        answers = {f"opinion.{one.id}": one.answer_due for one in self.opinions if one.owed and not one.overdue}
        ends = {
            TERM: self.term_ends,
            JUDGE: None if self.awaited is None or self.published else self.awaited.judgement_due,
        }
        return {name: at for name, at in (windows | answers | ends).items() if at is not None}

    @property
    def undelivered(self) -> tuple[Milestone, ...]:
        """What the provider has still to submit."""
        return tuple(one for one in self.milestones if self.deliveries[one].stage is Stage.AWAITED)

    @property
    def is_overdue(self) -> bool:
        """Something was undelivered on the last day, and still is."""
        term = self.agreement.term
        return term is not None and self.overdue_since == term.last_day and bool(self.undelivered)

    @property
    def term_ends(self) -> datetime | None:
        """When what is undelivered becomes overdue; none once that was told, and where nothing can."""
        term = self.agreement.term
        if term is None or not self.signed or self.overdue_since == term.last_day or not self.undelivered:
            return None
        return end_of(term.last_day)

    def owed(self) -> tuple[Obligation, ...]:
        """The buyer accepts and judges while its days run, and who was addressed answers, also late."""
        if self.stands_still:
            return ()
        return (*self._to_sign(), *self._to_announce(), *self._to_accept(), *self._to_judge(), *self._to_answer())

    def _to_announce(self) -> Iterator[Obligation]:
        if self.announce_due is not None:
            yield Obligation(
                duty=Duty.PUBLISH_CONTRACT,
                name="publish_contract",
                party_id=self.funder_id,
                role=Role.FUNDER,
                until=self.announce_due,
                project_id=self.project_id,
                rulebook=self.agreement.rulebook,
                rule=CONTRACT_PUBLISHED,
            )

    def _to_sign(self) -> Iterator[Obligation]:
        for role, party_id in self.signers.items():
            if self.contract_due is not None and not self.signed:
                yield Obligation(
                    duty=Duty.CONCLUDE,
                    name=f"conclude.{role}",
                    party_id=party_id,
                    role=role,
                    until=self.contract_due,
                    project_id=self.project_id,
                    rulebook=self.agreement.rulebook,
                    rule=CONTRACT_DAYS,
                )

    def _to_judge(self) -> Iterator[Obligation]:
        rule = self.rule(JUDGE_DAYS)
        if self.awaited is not None and not self.published:
            yield Obligation(
                duty=Duty.JUDGE,
                name=JUDGE,
                party_id=self.funder_id,
                role=Role.FUNDER,
                until=self.awaited.judgement_due,
                project_id=self.project_id,
                source=None if rule is None else rule.source,
            )

    def _to_accept(self) -> Iterator[Obligation]:
        rule = None if self.annex is None else self.annex.acceptance_days
        for milestone in self.deliveries:
            until = self.window_ends(milestone)
            if until is not None:
                yield Obligation(
                    duty=Duty.ACCEPT,
                    name=f"accept.{milestone}",
                    party_id=self.funder_id,
                    role=Role.FUNDER,
                    until=until,
                    project_id=self.project_id,
                    source=None if rule is None else rule.source,
                )

    def _to_answer(self) -> Iterator[Obligation]:
        rule = self.rule(OPINION_DAYS)
        for one in self.opinions:
            party_id = self.party_in(one.addressed_to)
            if one.owed and one.answer_due is not None and party_id is not None:
                yield Obligation(
                    duty=Duty.ANSWER_OPINION,
                    name=f"opinion.{one.id}",
                    party_id=party_id,
                    until=one.answer_due,
                    project_id=self.project_id,
                    source=None if rule is None else rule.source,
                )

    def window_ends(self, milestone: Milestone) -> datetime | None:
        """When the buyer's silence is acceptance; none while there is no window, the agreement
        stands still, or the provider owes an answer."""
        delivery = self.deliveries[milestone]
        due = delivery.acceptance_due
        if delivery.stage not in BEFORE_THE_BUYER or due is None or self.stands_still:
            return None
        ends = [one.holds_until(due) for one in self.opinions if one.milestone is milestone]
        known = [end for end in ends if end is not None]
        return max([due, *known]) if len(known) == len(ends) else None

    def silent(self, milestone: Milestone, at: datetime) -> bool:
        """The window for acceptance is over and the buyer has said nothing."""
        ends = self.window_ends(milestone)
        return ends is not None and at >= ends

    def opinion(self, id: UUID) -> Opinion | None:
        return next((one for one in self.opinions if one.id == id), None)

    def rule(self, path: str) -> Rule | None:
        """As the agreement was drawn up with; none under an edition that does not have it."""
        return None if self.annex is None else self.annex.rules.get(path)

    @property
    def project_id(self) -> ProjectId:
        return ProjectId(self.id)

    @property
    def papers_id(self) -> UUID:
        """Of the signed paper; those of milestones and changes derive from it."""
        return self.papers_of or self.id

    @property
    def funder_id(self) -> PartyId:
        return self.agreement.brief.funder_id

    @property
    def community_id(self) -> PartyId:
        return self.agreement.brief.community_id

    @property
    def provider_id(self) -> PartyId:
        return self.agreement.provider_id

    @property
    def committee_id(self) -> PartyId:
        """The supervision committee of the community."""
        return committee_of(self.agreement.brief.division)

    @property
    def by_community(self) -> bool:
        """The community performs itself, so it confirms nothing: the buyer answers what it submitted."""
        return self.provider_id == self.community_id

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        return milestones_of(self.agreement.instrument, self.agreement.tranches)

    @property
    def parties(self) -> frozenset[PartyId]:
        return frozenset({self.funder_id, self.community_id, self.provider_id})

    @property
    def state(self) -> ContractState:
        if self.withdrawn:
            return ContractState.WITHDRAWN
        if self.cancelled:
            return ContractState.CANCELLED
        if self.lapsed:
            return ContractState.LAPSED
        if self.terminated:
            return ContractState.TERMINATED
        if self.published:
            return ContractState.COMPLETED
        if self.suspension is not None:
            return ContractState.SUSPENDED
        return ContractState.SIGNED if self.signed else ContractState.DRAFTED

    @property
    def change(self) -> Change | None:
        """The one that is under way."""
        return next((change for change in self.changes if change.is_open), None)

    @property
    def proceeding(self) -> Proceeding | None:
        """The one that is under way."""
        return next((one for one in self.proceedings if one.is_open), None)

    @property
    def stands_still(self) -> bool:
        return self.ended or self.being_cancelled or self.suspension is not None or self.held is not None

    def must_be_in_force(self) -> None:
        """Signed, and neither over nor fully delivered."""
        if self.state in _NOT_IN_FORCE:
            raise Refused("contract_not_in_force", contract=str(self.agreement.contract_id), state=self.state)
        self._must_not_be_contested()
        if self.ended or self.deliveries[Milestone.FINAL].stage is Stage.ACCEPTED:
            raise Refused("delivery_is_over", contract=str(self.agreement.contract_id))

    def must_go_on(self) -> None:
        """No step of delivery is taken while it stands still, nor once it is over."""
        if self.terminated or self.lapsed or self.withdrawn or self.cancelled:
            raise Refused("contract_is_over", contract=str(self.agreement.contract_id), state=self.state)
        self._must_not_be_contested()
        if self.held is not None:
            raise Refused("signing_suspended", self.held.source, contract=str(self.agreement.contract_id))
        if self.suspension is not None:
            raise Refused("contract_suspended", contract=str(self.agreement.contract_id), until=self.suspension.ends_at)

    def _must_not_be_contested(self) -> None:
        if self.contested is not None and self.being_cancelled:
            contract = str(self.agreement.contract_id)
            raise Refused("cancellation_under_way", self.contested.source, contract=contract)

    def other_than(self, party_id: PartyId) -> PartyId:
        """Of the two who sign."""
        return self.provider_id if party_id == self.funder_id else self.funder_id

    def party_in(self, role: Role) -> PartyId | None:
        """Which party of the agreement acts in this role; None when the role has no part in it."""
        return {
            Role.FUNDER: self.funder_id,
            Role.COMMUNITY: self.community_id,
            Role.PROVIDER: self.provider_id,
        }.get(role)

    def must_be_under_way(self) -> None:
        """Signed, neither ended nor over, and not standing still."""
        self.must_go_on()
        if not self.signed:
            raise Refused("agreement_not_in_force", contract=str(self.agreement.contract_id))
        if self.ended or self.published:
            raise Refused("agreement_over", contract=str(self.agreement.contract_id))

    @property
    def signers(self) -> Mapping[Role, PartyId]:
        """Who signs the agreement, and in which role."""
        return {Role.FUNDER: self.funder_id, Role.COMMUNITY if self.by_community else Role.PROVIDER: self.provider_id}

    def must_be_signer(self, by: Actor) -> None:
        """The object check for a caller who must be one of the two who sign."""
        if by.party_id != self.signers.get(by.role):
            raise Refused("not_your_party", status=403)

    def must_be_involved(self, by: Actor) -> None:
        """The object check for a caller who may be any of the three parties."""
        if by.party_id != self.party_in(by.role):
            raise Refused("not_your_party", status=403)


def endorsed_by(party_id: PartyId) -> str:
    """The step of one party's signature, among `dates`."""
    return f"endorsed.{party_id}"


class Dated(Note):
    """When a step was made; facts leave that to their envelope."""

    project_id: ProjectId
    step: str
    at: datetime


class AcceptanceAwaited(Note):
    """The community confirmed: the buyer has until `due`, exclusive."""

    project_id: ProjectId
    milestone: Milestone
    due: datetime


class StoodStill(Note):
    """When and until when it stands still; the fact leaves the first to its envelope."""

    project_id: ProjectId
    suspension: Suspension


def separate(by: Actor, *others: PartyId | None) -> PartyId:
    """The acting person, who must be none of those who took the earlier steps for another party."""
    person = PartyId(by.person_id)
    if person in others:
        raise Refused("same_person_took_earlier_step", SEPARATION, status=403, person=str(person))
    return person
