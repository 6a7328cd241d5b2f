"""What is said of deliberations, rolls and fund lines, for stories of the audit."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from schemas.contract import Milestone
from schemas.deliberation import (
    DeliberationFinished,
    DeliberationId,
    DeliberationProposed,
    DeliberationStopped,
    MeetingNoticed,
    ProcedureStep,
    PublicationEnded,
    Shortfall,
    StepHeld,
    StepKind,
    StepPublished,
    SupervisionAnswered,
    SupervisionOpined,
    UnitId,
    UnitKind,
    UnitRegistered,
)
from schemas.fact import Fact
from schemas.fund_line import FundLine
from schemas.need import RollListed, VoterGround
from schemas.project import FundLineLeft
from schemas.rating_token import RatingTokensReissued, ReissueReason, TokenReissued
from tests.services.audit.stories import Told

DAY, DIGEST = date(2026, 3, 2), "a" * 64
STEPS = (
    ProcedureStep(id="decide", zh="决议", en="decide", kind=StepKind.MEETING, body="居民代表", notice_days=3),
    ProcedureStep(id="public", zh="公开", en="publish", kind=StepKind.PUBLICATION, body="居民", public_days=7),
)


def deliberated(told: Told) -> list[Fact]:
    """One that was finished, one that was stopped for each shortfall, units of every kind, a roll, a line left."""
    roll = dict.fromkeys(VoterGround, 2)
    line = FundLine(account_id=told.accounts[0], name="服务群众专项经费")
    rest: list[Fact] = [
        RollListed(community_id=told.community, ballot_id=told.ballot, added=roll, listed=roll, listed_by=told.person),
        RatingTokensReissued(
            community_id=told.community,
            project_id=told.project,
            milestone=Milestone.FINAL,
            reissued=tuple(
                TokenReissued(lost=DIGEST, fresh="b" * 64, reason=reason, reissued_by=told.person)
                for reason in ReissueReason
            ),
        ),
        FundLineLeft(
            project_id=told.project,
            fund_line=line,
            accounts=(told.accounts[1],),
            reason="专项经费不足",
            approved_by=told.other,
        ),
    ]
    rest += [
        UnitRegistered(
            community_id=told.community,
            unit_id=UnitId(uuid4()),
            kind=kind,
            name="示例单元",
            division="320508001001",
            number="3",
            registered_by=told.person,
        )
        for kind in UnitKind
    ]
    walks = [_finished(told, DeliberationId(uuid4()))]
    walks += [_stopped(told, DeliberationId(uuid4()), shortfall) for shortfall in Shortfall]
    return [*rest, *(fact for walk in walks for fact in walk)]


def _proposed(told: Told, id: DeliberationId) -> DeliberationProposed:
    return DeliberationProposed(
        community_id=told.community,
        deliberation_id=id,
        procedure="appraisal",
        name="社区评议",
        steps=STEPS,
        source="示例",
        certainty="?",
        unit_id=None,
        committee_id=told.other,
        title="楼道扶手",
        words="装在每层楼梯旁",
        need_id=told.need,
        ballot_id=None,
        on=DAY,
        proposed_by=told.person,
        rulebook="b" * 64,
    )


def _held(told: Told, id: DeliberationId) -> StepHeld:
    return StepHeld(
        community_id=told.community,
        deliberation_id=id,
        step="decide",
        held_on=DAY,
        due=30,
        present=20,
        in_favour=16,
        against=2,
        minutes=DIGEST,
        recorded_by=told.person,
    )


def _finished(told: Told, id: DeliberationId) -> list[Fact]:
    opinion: UUID = uuid4()
    common: dict[str, Any] = {"community_id": told.community, "deliberation_id": id}
    return [
        _proposed(told, id),
        MeetingNoticed(**common, step="decide", on=DAY, meets_on=DAY, noticed_by=told.person),
        _held(told, id),
        SupervisionOpined(**common, opinion_id=opinion, step="decide", text="请公开票数", opined_by=told.other),
        SupervisionAnswered(**common, opinion_id=opinion, text="已公开", answered_by=told.person),
        StepPublished(**common, step="public", on=DAY, until=DAY, document=DIGEST, published_by=told.person),
        PublicationEnded(**common, step="public", on=DAY),
        DeliberationFinished(**common, on=DAY),
    ]


def _stopped(told: Told, id: DeliberationId, shortfall: Shortfall) -> list[Fact]:
    stopped = DeliberationStopped(
        community_id=told.community,
        deliberation_id=id,
        step="decide",
        shortfall=shortfall,
        needed=21,
        had=20,
        source="示例",
    )
    return [_proposed(told, id), _held(told, id), stopped]
