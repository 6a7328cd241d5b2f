"""What tenders remembers: a project from proposal to award, and its bids."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import ConfigDict

from schemas.deciding import Ref, State, World
from schemas.disclosure import Deliverer
from schemas.envelope import Envelope
from schemas.fund_line import FundLine
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.narrowing import Narrowing
from schemas.obligation import Duty, Obligation
from schemas.project import Brief, FundShare
from schemas.quotation import Correction, Quotation
from schemas.refused import Refused
from schemas.role import Actor, Role
from schemas.rulebook import Certainty, Source
from schemas.tender import BidScore, RankedBid, Terms, Verdict
from schemas.term import PlannedTerm
from services.tenders.rules.aftermath import BEFORE_THE_RANKING, Aftermath
from services.tenders.rules.arrangement import Arrangement
from services.tenders.rules.clarified import Amendment, AmendmentDraft, Question
from services.tenders.rules.committee.seated import Committee, Draw
from services.tenders.rules.envelopes.kept import RELEASE_HOURS, Locked, Sealing
from services.tenders.rules.framework.framework import CallOff
from services.tenders.rules.inquired import EXPLAIN_MINUTES, Inquiry
from services.tenders.rules.prepared import NOTHING_YET, Preparation

CONSENT = Source(
    "苏州市民政局对市政协十三届三次会议第009号提案的答复(2014年):确需社区协助的,采取购买服务方式,签订项目协议书",
    Certainty.FOUNDING,
)
"""From which follows: a community takes on what it consented to, and nothing else."""
ANSWER_WORKDAYS = "tender.answer_workdays"
LEAD_DAYS = "tender.clarification_lead_days"
NOTICE_ANSWER = "tender.notice_answer"
CONFIRM_HOURS = "tender.correction_confirm_hours"


class Phase(StrEnum):
    REQUESTED = "requested"
    """a funder asks the community, which has not answered"""
    PROPOSED = "proposed"
    DRAFTED = "drafted"
    """terms stand, another person has to approve them; also after a refused budget"""
    APPROVED = "approved"
    RESERVED = "reserved"
    OPEN = "open"
    LOCKED = "locked"
    """the deadline is over, and keys are waited for before bids can be opened"""
    OPENED = "opened"
    """bids can be read; a person has to qualify them"""
    SCORING = "scoring"
    SCORED = "scored"
    RANKED = "ranked"
    FRAMED = "framed"
    """a framework: its suppliers stand, service users choose, and the buyer calls off"""
    AWARDED = "awarded"
    VOIDED = "voided"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    """a commission that one side took back before it was signed"""


TENDERED = (
    Phase.OPEN,
    Phase.LOCKED,
    Phase.OPENED,
    Phase.SCORING,
    Phase.SCORED,
    Phase.RANKED,
    Phase.FRAMED,
    Phase.AWARDED,
)
"""published, and neither void nor declined"""


class Draft(Model):
    """What one person proposes to buy, with whose money and on which terms, for another to approve."""

    id: UUID
    ceiling: Money
    shares: tuple[FundShare, ...]
    terms: Terms
    bid_days: int
    rulebook: str
    drafted_by: PartyId
    drafted_on: date | None = None
    """none in drafts from before purchases were counted by the year"""
    split_approval: str | None = None
    line_left: str | None = None
    """why not only the money residents chose with pays"""
    narrowing: Narrowing | None = None
    """none: whoever the rulebook admits"""
    not_applicable: tuple[str, ...] = ()
    """items of the rulebook's negative list, each declared to be none of it"""
    method: str | None = None
    """of purchase, where the rulebook names one"""

    @property
    def term(self) -> PlannedTerm | None:
        return self.terms.term


class Entry(Model):
    """One evaluator's scores."""

    evaluator_id: PartyId
    scores: tuple[BidScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(State):
    """`draft` or `arrangement` is there from DRAFTED on, `closes_at` and `key` while OPEN (the key goes when bids are
    opened or the tender is void: what was not opened then never is), `ranking` from RANKED on, `award` when AWARDED
    by a tender."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    brief: Brief
    phase: Phase
    draft: Draft | None = None
    arrangement: Arrangement | None = None
    """in place of a draft and its tender"""
    call_off: CallOff | None = None
    """what of a framework is bought with the draft, in place of a tender"""
    request: str | None = None
    """what the funder asked of the community, in its own words"""
    approved_by: PartyId | None = None
    setback: str | None = None
    """why it was declined, refused money or voided"""
    closes_at: datetime | None = None
    key: bytes | None = None
    """the tender's sealing key, wrapped by the vault"""
    sealing: Sealing | None = None
    """the rule its bids are sealed by; none of editions from before there was a choice"""
    release_until: datetime | None = None
    """while CLOSED: until when keys are waited for, exclusive"""
    releases_over: bool = False
    """no bidder's key is waited for any more"""
    bids: int | None = None
    """how many there were at the deadline; known to nobody before"""
    signed_by: PartyId | None = None
    entries: tuple[Entry, ...] = ()
    ranking: tuple[RankedBid, ...] = ()
    award: BidId | None = None
    questions: tuple[Question, ...] = ()
    amendment: AmendmentDraft | None = None
    """waits for another person's approval"""
    amendments: tuple[Amendment, ...] = ()
    """in force, the oldest first; `draft` has the terms of the last"""
    run: int = 1
    """of the tender; only bids of this one count"""
    aftermath: Aftermath = BEFORE_THE_RANKING
    draw: Draw | None = None
    """committed before the deadline"""
    committee: Committee | None = None
    recused: tuple[PartyId, ...] = ()
    """evaluators who stepped back from this project"""
    inquiries: tuple[Inquiry, ...] = ()
    """into low prices, with what came of them"""
    preparation: Preparation = NOTHING_YET
    fund_line: FundLine | None = None
    """the money residents chose with"""

    def due(self) -> dict[str, datetime]:
        stays = [one.until for one in self.aftermath.suspensions]
        return self._due_in_phase() | ({"suspension": min(stays)} if stays else {})

    def _due_in_phase(self) -> dict[str, datetime]:
        if self.phase is Phase.LOCKED and self.release_until and not self.releases_over:
            return {"release": self.release_until}
        if self.phase is Phase.SCORING and (waiting := [one.explain_until for one in self.inquiries if one.waiting]):
            return {"low_price": min(waiting)}
        return {"close": self.closes_at} if self.phase is Phase.OPEN and self.closes_at else {}

    def owed(self) -> tuple[Obligation, ...]:
        """What the buyer answers, chooses and announces, also late; what bidders explain of low prices."""
        if self.draft is None or self.phase not in TENDERED:
            return self._objections()
        after = self.aftermath.owed(self.project_id, self.brief.funder_id, self.agreed.rulebook)
        return (*self._to_answer(), *self._shares_owed(), *self._explanations(), *after)

    def _to_answer(self) -> tuple[Obligation, ...]:
        """What was asked, while the tender is open."""
        if self.phase is not Phase.OPEN:
            return ()
        return tuple(
            Obligation(
                duty=Duty.ANSWER_QUESTION,
                name=f"question.{question.id}",
                party_id=self.brief.funder_id,
                role=Role.FUNDER,
                until=question.answer_due,
                project_id=self.project_id,
                rulebook=self.agreed.rulebook,
                rule=ANSWER_WORKDAYS,
            )
            for question in self.questions
            if question.reply is None
        )

    def _explanations(self) -> tuple[Obligation, ...]:
        return tuple(
            Obligation(
                duty=Duty.EXPLAIN_PRICE,
                name=f"low_price.{inquiry.bid_id}",
                party_id=inquiry.bidder_id,
                role=Role.PROVIDER,
                until=inquiry.explain_until,
                project_id=self.project_id,
                rulebook=self.agreed.rulebook,
                rule=EXPLAIN_MINUTES,
            )
            for inquiry in self.inquiries
            if inquiry.waiting and self.phase is Phase.SCORING
        )

    def _objections(self) -> tuple[Obligation, ...]:
        notice = self.preparation.notice
        if notice is None or self.phase not in (Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED):
            return ()
        return tuple(
            Obligation(
                duty=Duty.ANSWER_NOTICE_OBJECTION,
                name=f"objection.{one.id}",
                party_id=self.brief.funder_id,
                role=Role.FUNDER,
                until=notice.answers_due,
                project_id=self.project_id,
                rulebook=self.drafted.rulebook,
                rule=NOTICE_ANSWER,
            )
            for one in self.preparation.objections
            if one.upheld is None
        )

    def _shares_owed(self) -> tuple[Obligation, ...]:
        escrow = self.sealing.escrow if self.sealing else None
        if self.phase is not Phase.LOCKED or escrow is None or self.release_until is None:
            return ()
        return tuple(
            Obligation(
                duty=Duty.HAND_IN_SHARE,
                name=f"share.{share.holder}",
                party_id=share.keeper_id,
                until=self.release_until,
                project_id=self.project_id,
                rulebook=self.agreed.rulebook,
                rule=RELEASE_HOURS,
            )
            for share in escrow.shares
            if share.keeper_id is not None and not share.handed_in
        )

    @property
    def project_id(self) -> ProjectId:
        return ProjectId(self.id)

    @property
    def agreed(self) -> Draft:
        """The approved draft, in a phase that has one."""
        assert self.draft is not None, f"project {self.id} is {self.phase} without a draft"
        return self.draft

    @property
    def drafted(self) -> Draft | Arrangement:
        """What waits for approval, in phase DRAFTED."""
        return self.agreed if self.arrangement is None else self.arrangement

    def must_be_in(self, *phases: Phase) -> None:
        if self.phase not in phases:
            raise Refused("wrong_phase", project=str(self.id), phase=self.phase, needed=phases)

    def for_funder(self, by: Actor, *phases: Phase) -> None:
        """A step of the buyer: its own project, in the right phase."""
        by.must_be(self.brief.funder_id)
        self.must_be_in(*phases)


class Content(Model):
    """An opened bid's content; the price is the corrected one once its bidder confirmed that."""

    price: Money
    proposal: str
    salt: str
    quotation: Quotation | None = None


class PriceCorrection(Model):
    """Amounts of a bid that differ, and what its bidder says to the corrected price; none: nothing yet."""

    stated: Money
    corrected: Money
    steps: tuple[Correction, ...]
    confirm_until: datetime
    """exclusive"""
    rulebook: str
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid(State):
    """One sealed bid; a withdrawn one keeps its digest and loses its content.

    Rows of bids are guarded by the lock on their project: nobody touches a bid without it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    project_id: ProjectId
    bidder_id: PartyId
    digest: str
    sealed_at: datetime
    sealed: bytes | None
    """ciphertext until opening or withdrawal"""
    withdrawn: bool = False
    """also when it no longer stands for another reason, which is then the `fault`"""
    content: Content | None = None
    verdict: Verdict | None = None
    deliverers: tuple[Deliverer, ...] = ()
    """who delivers besides the bidder, as it says"""
    run: int = 1
    """which of the project's tenders it was handed in to"""
    awarded: bool = False
    """it was chosen, and the award stands; of one project one bid at most"""
    envelope: Envelope = Envelope.INSTALLATION
    sealed_digest: str | None = None
    """SHA-256 of the ciphertext that was handed in"""
    public_key: str | None = None
    """of the bidder's own key, in hex"""
    released: Locked | None = None
    """the bidder's private key, from its release to the opening"""
    release_until: datetime | None = None
    rulebook: str | None = None
    """of the tender, once a key is waited for"""
    fault: str | None = None
    """the code of why it could not be opened"""
    correction: PriceCorrection | None = None

    def owed(self) -> tuple[Obligation, ...]:
        """A bidder with a key of its own releases it; one whose amounts differ says whether it stands by the result."""
        if self.withdrawn:
            return ()
        if self.release_until is not None and self.released is None and self.content is None:
            return (self._duty(Duty.RELEASE_KEY, "key", self.release_until, self.rulebook, RELEASE_HOURS),)
        one = self.correction
        if one is not None and one.confirmed is None and self.verdict is None:
            return (self._duty(Duty.CONFIRM_PRICE, "price", one.confirm_until, one.rulebook, CONFIRM_HOURS),)
        return ()

    def _duty(self, duty: Duty, name: str, until: datetime, rulebook: str | None, rule: str) -> Obligation:
        return Obligation(
            duty=duty,
            name=name,
            party_id=self.bidder_id,
            until=until,
            project_id=self.project_id,
            rulebook=rulebook,
            rule=rule,
        )

    @property
    def bid_id(self) -> BidId:
        return BidId(self.id)

    @property
    def opened(self) -> Content:
        assert self.content is not None, f"bid {self.id} is not opened"
        return self.content


def project_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """What most messages need: their project. Its bids come along, see `store.load`."""
    return ((Project, message.project_id),)


def bids_of(world: World, project: Project) -> list[Bid]:
    """The bids of this run that stand, in id order: the shell loads them all with their project."""
    return [
        bid for bid in world.each(Bid) if bid.project_id == project.id and bid.run == project.run and not bid.withdrawn
    ]


def qualified(bids: list[Bid]) -> list[Bid]:
    return [bid for bid in bids if bid.verdict is not None and bid.verdict.qualified]


def place(project_id: ProjectId, bidder_id: PartyId) -> bytes:
    """The associated data of a sealed bid: it opens in this tender, for this bidder, and nowhere else."""
    return f"bid/{project_id}/{bidder_id}".encode()
