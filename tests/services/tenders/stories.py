"""One project from proposal to award, told by verbs, without a shell; every step can be taken wrongly too."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from schemas.canonical import canonical, digest_of
from schemas.deciding import Context, Due
from schemas.ids import BallotId, BidId, FundAccountId, NeedId, PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.need import NeedChosen
from schemas.party import Certificate, CertificateLevel, PartyKind
from schemas.project import BudgetReserved, FundShare
from schemas.role import Actor, Role
from schemas.standing import Party
from schemas.tender import BidContent, BidScore, BidsRanked, Criterion, RankedBid, Terms
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from services.kit.rulebooks import shipped
from services.kit.vault import Vault
from services.tenders.rules import award, opening, proposal, qualification, scoring, sealing
from services.tenders.rules.evolve import evolve
from services.tenders.rules.project import Bid, Phase, Project, bids_of, place
from services.tenders.rules.splitting import Alike, Purchase
from tests.support.pure import Story, an_actor

VAULT = Vault(secrets.token_bytes(32))
PROJECT = ProjectId(uuid4())
DRAFTER = an_actor(Role.FUNDER)
APPROVER = replace(DRAFTER, person_id=uuid4())
CEILING = Money(120_000_00)
GATES = (Gate.SIGNED, Gate.MID_TERM_ACCEPTED, Gate.FINAL_GRADED)


def a_plan(*shares: int, gates: tuple[Gate, ...] = GATES) -> TranchePlan:
    planned = (
        PlannedTranche(share_percent=Decimal(share), gate=gate) for share, gate in zip(shares, gates, strict=True)
    )
    return TranchePlan(tranches=tuple(planned))


def some_terms(price_points: int = 30, plan: TranchePlan | None = None, **criteria: int) -> Terms:
    points = criteria or {"plan": 40, "team": 30}
    return Terms(
        price_points=Decimal(price_points),
        criteria=tuple(Criterion(id=id, name=id, points=Decimal(most)) for id, most in points.items()),
        tranche_plan=plan or a_plan(50, 40, 10),
        requirements="每周五次送餐,六个月",
    )


def a_draft(**changes: Any) -> proposal.DraftTerms:
    fields: dict[str, Any] = {
        "project_id": PROJECT,
        "ceiling": CEILING,
        "shares": (
            FundShare(account_id=FundAccountId(uuid4()), amount=Money(80_000_00)),
            FundShare(account_id=FundAccountId(uuid4()), amount=Money(40_000_00)),
        ),
        "terms": some_terms(),
        "bid_days": 7,
        "rulebook": "example/below-limit",
    }
    return proposal.DraftTerms(**fields | changes)


class Tendered(Story):
    """The story of the tenders service for one project."""

    def __init__(self) -> None:
        super().__init__(evolve, shipped().named("example/below-limit"))
        self.world.ask([(Project, PROJECT)])
        self.bought()

    def context(self, by: Actor) -> Context:
        return replace(super().context(by), vault=VAULT)

    def bought(self, *purchases: Purchase) -> None:
        """What the funder approved alike."""
        self.world.loaded(Alike(id=PROJECT, purchases=purchases))

    @property
    def project(self) -> Project:
        return self.world.get(Project, PROJECT)

    @property
    def phase(self) -> Phase:
        return self.project.phase

    @property
    def bids(self) -> list[Bid]:
        return bids_of(self.world, self.project)

    def a_bidder(self, kind: PartyKind = PartyKind.ORGANIZATION, registered_until: date | None = None) -> Actor:
        """A verified party in this world, and somebody who acts for it."""
        actor = an_actor(Role.PROVIDER)
        certificate = None
        if registered_until is not None:
            certificate = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=registered_until)
        self.knows(actor.party_id, kind, certificate)
        return actor

    def an_evaluator(self, ties: Iterable[UUID] = ()) -> Actor:
        actor = an_actor(Role.EVALUATOR)
        self.knows(actor.party_id, PartyKind.EVALUATOR, None)
        self.world.put(replace(self.world.get(Party, actor.party_id), ties=frozenset(ties)))
        return actor

    def knows(self, id: UUID, kind: PartyKind, certificate: Certificate | None) -> None:
        self.world.put(
            Party(
                id=id,
                kind=kind,
                name=None,
                uscc=None,
                division="320508001001",
                certificate=certificate,
                verified=True,
                suspended=False,
                ties=frozenset(),
            )
        )

    def changes(self, party_id: UUID, **changes: Any) -> None:
        self.world.put(replace(self.world.get(Party, party_id), **changes))

    def proposed(self) -> "Tendered":
        self.do(proposal.propose, a_choice())
        return self

    def draft(self, command: proposal.DraftTerms | None = None, by: Actor = DRAFTER) -> list[Model]:
        return self.do(proposal.draft_terms, command or a_draft(), by)

    def approve(self, by: Actor = APPROVER, draft_id: UUID | None = None) -> list[Model]:
        command = proposal.ApproveDraft(project_id=PROJECT, draft_id=draft_id or self.project.agreed.id)
        return self.do(proposal.approve_draft, command, by)

    def reserved(self) -> "Tendered":
        self.proposed().draft()
        self.approve()
        draft = self.project.agreed
        self.do(remember, BudgetReserved(project_id=PROJECT, ceiling=draft.ceiling, shares=draft.shares))
        return self

    def open(self, by: Actor = DRAFTER) -> list[Model]:
        return self.do(opening.open_tender, opening.OpenTenderWithKey(project_id=PROJECT, key=VAULT.new_key()), by)

    def opened(self) -> "Tendered":
        self.reserved().open()
        return self

    def seal(self, by: Actor, price: int = 100_000_00, **changes: Any) -> list[Model]:
        return self.do(sealing.seal_bid, self.sealed(by, price, **changes), by)

    def sealed(self, by: Actor, price: int = 100_000_00, **changes: Any) -> sealing.SealedBid:
        """What `prepare` makes of a bid."""
        content = BidContent(
            project_id=PROJECT, bidder_id=by.party_id, price=Money(price), proposal="方案", salt=secrets.token_hex(32)
        )
        key = self.project.key
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "bidder_id": by.party_id,
            "sealed": VAULT.seal(key, canonical(content), place(PROJECT, by.party_id)) if key else b"",
            "digest": digest_of(content),
            "replaces": None,
        }
        return sealing.SealedBid(**fields | changes)

    def withdraw(self, by: Actor, bid_id: UUID) -> list[Model]:
        return self.do(sealing.withdraw_bid, sealing.WithdrawBid(project_id=PROJECT, bid_id=BidId(bid_id)), by)

    def at_the_deadline(self) -> list[Model]:
        self.at = self.project.closes_at or self.at + timedelta(days=7)
        return self.do(opening.close, Due(ref=(Project, PROJECT), name="close", at=self.at))

    def with_bids(self, *prices: int) -> "Tendered":
        """Opened after the deadline, one organization per price."""
        self.opened()
        for price in prices:
            self.seal(self.a_bidder(), price)
        self.at_the_deadline()
        return self

    def qualify(self, *turned_down: UUID, by: Actor = APPROVER, bids: list[Bid] | None = None) -> list[Model]:
        judgements = tuple(
            qualification.Judgement(
                bid_id=bid.bid_id, bidder_id=bid.bidder_id, qualified=bid.id not in turned_down, reason="已核对"
            )
            for bid in (self.bids if bids is None else bids)
        )
        command = qualification.QualifyBids(project_id=PROJECT, judgements=judgements)
        return self.do(qualification.qualify_bids, command, by)

    def score(self, by: Actor, plan: str = "30", team: str = "20", bids: list[Bid] | None = None) -> list[Model]:
        scores = tuple(
            BidScore(bid_id=bid.bid_id, points={"plan": Decimal(plan), "team": Decimal(team)})
            for bid in (self.bids if bids is None else bids)
        )
        command = scoring.EnterScores(project_id=PROJECT, evaluator_id=by.party_id, scores=scores)
        return self.do(scoring.enter_scores, command, by)

    def close_scoring(self, by: Actor = DRAFTER) -> list[Model]:
        return self.do(scoring.close_scoring, scoring.CloseScoring(project_id=PROJECT), by)

    def ranked(self, *ranks: int) -> "Tendered":
        """Scored by three, and ranked as told: one rank per bid, in the order of `bids`."""
        self.with_bids(*(90_000_00 + 1000 * i for i in range(len(ranks)))).qualify()
        for _ in range(3):
            self.score(self.an_evaluator())
        self.close_scoring()
        self.do(remember, a_ranking(self.bids, ranks))
        return self

    def award(self, bid_id: UUID, by: Actor = APPROVER) -> list[Model]:
        return self.do(award.confirm_award, award.ConfirmAward(project_id=PROJECT, bid_id=BidId(bid_id)), by)


def remember(world: Any, fact: Any, context: Any) -> tuple[()]:
    return ()


def a_choice() -> NeedChosen:
    return NeedChosen(
        community_id=PartyId(uuid4()),
        ballot_id=BallotId(uuid4()),
        need_id=NeedId(uuid4()),
        project_id=PROJECT,
        funder_id=DRAFTER.party_id,
        title="独居老人助餐",
        category="健康养老",
        division="320508001001",
        beneficiaries=60,
        cost=CEILING,
        votes=321,
    )


def a_ranking(bids: list[Bid], ranks: Iterable[int]) -> BidsRanked:
    ranking = tuple(
        RankedBid(
            rank=rank,
            bid_id=bid.bid_id,
            bidder_id=bid.bidder_id,
            price=bid.opened.price,
            price_points=Decimal(30),
            quality_points=Decimal(50),
            total=Decimal(80),
            arithmetic="…",
        )
        for bid, rank in zip(bids, ranks, strict=True)
    )
    return BidsRanked(project_id=PROJECT, base_price=min(bid.opened.price for bid in bids), ranking=ranking)
