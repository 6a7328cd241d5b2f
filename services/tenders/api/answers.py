"""What tenders answers. Before opening nothing here tells who bid, how many, or what, but a bidder its own."""

from datetime import date, datetime
from uuid import UUID

from schemas.arranging import Ground
from schemas.clauses import Clauses, Instrument, Work
from schemas.disclosure import Deliverer
from schemas.fund_line import FundLine
from schemas.ids import BidId, PartyId, ProjectId
from schemas.money import Money
from schemas.narrowing import Narrowing
from schemas.project import Brief, FundShare
from schemas.quotation import Quotation
from schemas.standing import Party
from schemas.tender import RankedBid, Terms
from schemas.term import PlannedTerm
from schemas.tranche import Tranche
from services.kit import reasons
from services.kit.asked import Answer
from services.tenders.rules.arrangement import Arrangement
from services.tenders.rules.project import Bid, Draft, Phase, PriceCorrection, Project

BEFORE_TENDER = frozenset({Phase.PROPOSED, Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED, Phase.DECLINED})


class Step(Answer):
    """Where the project stands after a command."""

    project_id: ProjectId
    phase: Phase


class Drafted(Answer):
    project_id: ProjectId
    draft_id: UUID
    """what the approval names"""


class Sealed(Answer):
    """The bidder's receipt. Its salt comes with the opening: before, it would help guessing."""

    bid_id: BidId
    digest: str
    sealed_at: datetime


class DraftAnswer(Answer):
    draft_id: UUID
    ceiling: Money
    shares: tuple[FundShare, ...]
    terms: Terms
    bid_days: int
    rulebook: str
    narrowing: Narrowing | None
    drafted_by: PartyId
    setback: str | None
    """why money was refused, when it was"""

    @classmethod
    def of(cls, draft: Draft, setback: str | None) -> "DraftAnswer":
        return cls(
            draft_id=draft.id,
            ceiling=draft.ceiling,
            shares=draft.shares,
            terms=draft.terms,
            bid_days=draft.bid_days,
            rulebook=draft.rulebook,
            narrowing=draft.narrowing,
            drafted_by=draft.drafted_by,
            setback=setback,
        )


class ArrangementAnswer(Answer):
    """Without its fund accounts."""

    draft_id: UUID
    instrument: Instrument
    provider_id: PartyId
    price: Money
    tranches: tuple[Tranche, ...]
    work: Work | None
    requirements: str
    clauses: Clauses
    term: PlannedTerm | None
    ground: Ground
    rulebook: str
    drafted_by: PartyId
    setback: str | None
    """why money was refused, when it was"""

    @classmethod
    def of(cls, arrangement: Arrangement, setback: str | None) -> "ArrangementAnswer":
        return cls(
            draft_id=arrangement.id,
            instrument=arrangement.instrument,
            provider_id=arrangement.provider_id,
            price=arrangement.price,
            tranches=arrangement.tranches,
            work=arrangement.work,
            requirements=arrangement.requirements,
            clauses=arrangement.clauses,
            term=arrangement.term,
            ground=arrangement.ground,
            rulebook=arrangement.rulebook,
            drafted_by=arrangement.drafted_by,
            setback=setback,
        )


class ProjectLine(Answer):
    project_id: ProjectId
    phase: Phase
    brief: Brief
    closes_at: datetime | None

    @classmethod
    def of(cls, project: Project) -> "ProjectLine":
        return cls(project_id=project.project_id, phase=project.phase, brief=project.brief, closes_at=project.closes_at)


class Projects(Answer):
    projects: tuple[ProjectLine, ...]
    next: ProjectId | None
    """the cursor of the next page"""


class BidAnswer(Answer):
    """An opened bid. Proposal and salt are for the buyer, evaluators and auditors: 政府采购法 第十一条 keeps business
    secrets out of what is published."""

    bid_id: BidId
    bidder_id: PartyId
    price: Money
    digest: str
    qualified: bool | None
    reason: str | None
    proposal: str | None
    salt: str | None
    quotation: Quotation | None = None
    correction: PriceCorrection | None = None
    """of differing amounts; `price` is the corrected one once confirmed"""

    @classmethod
    def of(cls, bid: Bid, whole: bool) -> "BidAnswer":
        return cls(
            bid_id=bid.bid_id,
            bidder_id=bid.bidder_id,
            price=bid.opened.price,
            digest=bid.digest,
            qualified=bid.verdict.qualified if bid.verdict else None,
            reason=bid.verdict.reason if bid.verdict else None,
            proposal=bid.opened.proposal if whole else None,
            salt=bid.opened.salt if whole else None,
            quotation=bid.opened.quotation if whole else None,
            correction=bid.correction if whole else None,
        )


class ProjectAnswer(Answer):
    version: int
    project_id: ProjectId
    phase: Phase
    brief: Brief
    request: str | None
    """what a funder asked of the community, where no ballot chose it"""
    setback: str | None
    """why it was declined or voided, in words"""
    ceiling: Money | None
    terms: Terms | None
    rulebook: str | None
    narrowing: Narrowing | None
    """who may bid, where not whoever the rulebook admits"""
    closes_at: datetime | None
    bids: int | None
    """how many there were at the deadline; nobody is told before"""
    opened: tuple[BidAnswer, ...]
    ranking: tuple[RankedBid, ...]
    award: BidId | None
    arrangement: ArrangementAnswer | None
    """what was arranged directly, in place of a tender"""
    fund_line: FundLine | None = None
    """the money residents chose it with"""

    @classmethod
    def of(cls, project: Project, version: int, bids: list[Bid], whole: bool) -> "ProjectAnswer":
        inside = project.phase in BEFORE_TENDER
        draft = None if inside else project.draft
        arranged = None if inside else project.arrangement
        return cls(
            version=version,
            project_id=project.project_id,
            phase=project.phase,
            brief=project.brief,
            request=project.request,
            setback=setback_of(project),
            ceiling=draft.ceiling if draft else None,
            terms=draft.terms if draft else None,
            rulebook=draft.rulebook if draft else None,
            narrowing=draft.narrowing if draft else None,
            closes_at=project.closes_at,
            bids=project.bids,
            opened=tuple(BidAnswer.of(bid, whole) for bid in bids if bid.content is not None),
            ranking=project.ranking,
            award=project.award,
            arrangement=ArrangementAnswer.of(arranged, None) if arranged else None,
            fund_line=project.fund_line,
        )


def setback_of(project: Project) -> str | None:
    """The funder's own words, or the sentence for the code of `tender.voided`."""
    if project.phase is Phase.VOIDED and project.setback is not None:
        return reasons.sentence(project.setback, "zh", {})
    return project.setback if project.phase in (Phase.DECLINED, Phase.WITHDRAWN) else None


class Bidder(Answer):
    """How a bidder stands today, for the person who signs its qualification."""

    bid_id: BidId
    bidder_id: PartyId
    kind: str
    name: str | None
    verified: bool
    suspended: bool
    certificate_until: date | None
    above_ceiling: bool
    delivered_by: tuple[Deliverer, ...]
    """who delivers besides the bidder, which is liable for all"""

    @classmethod
    def of(cls, bid: Bid, party: Party, ceiling: Money) -> "Bidder":
        return cls(
            bid_id=bid.bid_id,
            bidder_id=bid.bidder_id,
            kind=party.kind,
            name=party.name,
            verified=party.verified,
            suspended=party.suspended,
            certificate_until=party.certificate.registered_until if party.certificate else None,
            above_ceiling=bid.opened.price > ceiling,
            delivered_by=bid.deliverers,
        )


class Bidders(Answer):
    bidders: tuple[Bidder, ...]


class OwnBid(Answer):
    bid_id: BidId
    project_id: ProjectId
    digest: str
    sealed_at: datetime
    withdrawn: bool
    fault: str | None
    """why it no longer stands, in words, when its bidder did not withdraw it"""
    key_until: datetime | None
    """until when its bidder has to release its key"""
    qualified: bool | None
    reason: str | None
    delivered_by: tuple[Deliverer, ...]
    documents_changed_since: datetime | None
    """when the tender was last amended, if that was after the bid was sealed: it may be replaced or withdrawn"""
    correction: PriceCorrection | None = None
    """of differing amounts in the bid, to be confirmed"""

    @classmethod
    def of(cls, bid: Bid, amended_at: datetime | None) -> "OwnBid":
        return cls(
            bid_id=bid.bid_id,
            project_id=bid.project_id,
            digest=bid.digest,
            sealed_at=bid.sealed_at,
            withdrawn=bid.withdrawn,
            fault=reasons.sentence(bid.fault, "zh", {}) if bid.fault else None,
            key_until=bid.release_until if bid.owed() else None,
            qualified=bid.verdict.qualified if bid.verdict else None,
            reason=bid.verdict.reason if bid.verdict else None,
            delivered_by=bid.deliverers,
            documents_changed_since=amended_at if amended_at is not None and amended_at > bid.sealed_at else None,
            correction=bid.correction,
        )


class OwnBids(Answer):
    bids: tuple[OwnBid, ...]
    next: BidId | None
