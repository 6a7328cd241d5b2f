"""One of each fact of a venture round."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from schemas.committee import Ground, Passed, PassedOver
from schemas.fact import Fact
from schemas.ids import ApplicationId, FundAccountId, PairId, PartyId, ProjectId, RoundId
from schemas.money import Money
from schemas.preferring import ApplicantsPreferred
from schemas.project import FundShare
from schemas.round import (
    AlternativesWeighed,
    ApplicationsChecked,
    ApplicationScore,
    ApplicationsScored,
    ApplicationsTotalled,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Call,
    Check,
    Grant,
    Likeness,
    PairDecided,
    PairsFound,
    Proposal,
    PublicScore,
    PublicScored,
    RoundCalled,
    RoundClosed,
    RoundConfirmed,
    RoundPublicised,
    RoundScored,
    RoundSolved,
    RoundVoided,
    Theme,
    Total,
)
from schemas.round_committee import RoundDrawCommitted, RoundExpertRecused, RoundExpertsDrawn
from schemas.solution import Alternative, Because, Certificate, Chosen, Proof
from schemas.tender import Criterion
from schemas.tranche import Gate, PlannedTranche, TranchePlan
from tests.services.audit.stories import Told

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def of_a_round(told: Told) -> list[Fact]:
    round, one = RoundId(uuid4()), ApplicationId(uuid4())
    return [*_applied(told, round, one), *_drawn(told, round), *_judged(told, round, one), *_chosen(told, round, one)]


def a_call(told: Told) -> Call:
    return Call(
        title="公益创投(示例)",
        funder_id=told.provider,
        budget=Money(100),
        shares=(FundShare(account_id=FundAccountId(uuid4()), amount=Money(100)),),
        themes=(Theme(id="elderly", name="扶老"),),
        criteria=(Criterion(id="plan", name="方案", points=Decimal(100)),),
        amount_most=Money(100),
        worker_hours=10,
        closes_at=NOON,
        tranche_plan=TranchePlan(tranches=(PlannedTranche(share_percent=Decimal(100), gate=Gate.SIGNED),)),
        requirements="示例",
    )


def _applied(told: Told, round: RoundId, one: ApplicationId) -> list[Fact]:
    proposal = Proposal(
        title="助餐",
        summary="送餐",
        theme="elderly",
        community_id=told.provider,
        beneficiaries=3,
        asked=Money(100),
    )
    return [
        RoundCalled(
            round_id=round,
            call=a_call(told),
            drafted_by=told.person,
            approved_by=told.person,
            rulebook="r",
            agreement_rulebook="r",
        ),
        ApplicationSubmitted(
            round_id=round,
            application_id=one,
            organization_id=told.provider,
            division="320508001001",
            proposal=proposal,
        ),
        ApplicationWithdrawn(round_id=round, application_id=one, organization_id=told.provider),
        RoundClosed(round_id=round, applications=1),
    ]


def _drawn(told: Told, round: RoundId) -> list[Fact]:
    digest, other = "a" * 64, PartyId(uuid4())
    pool = (PartyId(uuid4()), other)
    return [
        RoundDrawCommitted(round_id=round, pool=pool, seats=1, commitment=digest, committed_by=told.person),
        RoundExpertRecused(round_id=round, evaluator_id=other, ground=Ground.DISPUTE, ended_on=None),
        RoundExpertsDrawn(
            round_id=round,
            secret=digest,
            seed=digest,
            order=pool,
            passed=(PassedOver(evaluator_id=other, why=Passed.RECUSED),),
            members=pool[:1],
        ),
    ]


def _judged(told: Told, round: RoundId, one: ApplicationId) -> list[Fact]:
    check = Check(application_id=one, organization_id=told.provider, complete=True, reason="齐全")
    pair = PairId(uuid4())
    likeness = Likeness(
        pair_id=pair,
        application_id=one,
        other_application_id=None,
        other_project_id=ProjectId(uuid4()),
        other_round_id=None,
        permille=500,
        title="甲",
        other_title="乙",
    )
    decided = [
        PairDecided(
            round_id=round,
            pair_id=pair,
            application_id=one,
            other_application_id=None,
            same=same,
            reason="时段不同",
            decided_by=told.person,
        )
        for same in (True, False)
    ]
    public = (PublicScore(application_id=one, points=Decimal(80)),)
    scores = (ApplicationScore(application_id=one, points={"plan": Decimal(80)}),)
    total = Total(application_id=one, expert=Decimal(80), public=None, total=8000)
    return [
        ApplicationsChecked(round_id=round, checks=(check,), checked_by=told.person),
        PairsFound(round_id=round, pairs=(likeness,), last=True, least_permille=300, unlisted=0),
        *decided,
        ApplicationsScored(round_id=round, evaluator_id=told.provider, scores=scores),
        PublicScored(round_id=round, scores=public, record_digest="0" * 64, entered_by=told.person),
        ApplicationsTotalled(round_id=round, totals=(total,)),
        ApplicantsPreferred(round_id=round, applications=(one,), grades=("优秀",), source="示例"),
        RoundScored(round_id=round, applications=1, evaluators=3, closed_by=told.person, limit=20),
    ]


def a_certificate(proof: Proof) -> Certificate:
    return Certificate(
        proof=proof,
        objective=8000,
        bound=8000,
        gap=0,
        relaxed_bound=8001,
        spent=Money(100),
        floors=(),
        prices=(),
        candidates=1,
        input_digest="0" * 64,
        rule="示例",
        solver="示例",
        limit=20,
    )


def _chosen(told: Told, round: RoundId, one: ApplicationId) -> list[Fact]:
    chosen = (Chosen(application_id=one, organization_id=told.provider, amount=Money(100), total=8000),)
    other = Alternative(
        application_id=one,
        total=1,
        because=Because.MONEY,
        best_with_it=None,
        most_with_it=None,
        points_short=None,
        instead_of=None,
        score_lost=None,
        pair_id=None,
    )
    grant = Grant(application_id=one, organization_id=told.provider, project_id=ProjectId(uuid4()), amount=Money(100))
    return [
        AlternativesWeighed(round_id=round, alternatives=(other,)),
        *(RoundSolved(round_id=round, chosen=chosen, certificate=a_certificate(proof)) for proof in Proof),
        RoundPublicised(round_id=round, chosen=chosen, ends_at=NOON, publicised_by=told.person),
        RoundConfirmed(round_id=round, grants=(grant,), left_out=(), confirmed_by=told.person),
        RoundVoided(round_id=round, reason="无人申报", voided_by=told.person),
    ]
