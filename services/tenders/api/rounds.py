"""The doors of charity-venture rounds."""

from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World, new_id
from schemas.fact import Command
from schemas.ids import ApplicationId, PairId, RoundId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.tenders import store
from services.tenders.api.round_answers import (
    ApplicationAnswer,
    Applications,
    PairAnswer,
    Pairs,
    RoundAnswer,
    RoundLine,
    Rounds,
    RoundStep,
    Submitted,
)
from services.tenders.rules.rounds import applying, awarding, calling, checking, scoring
from services.tenders.rules.rounds.round import Application, Round, RoundPhase, docket_of, round_of

UNSEEN = (RoundPhase.CALL_DRAFTED, RoundPhase.CALLED)
"""before the deadline nobody is told who applied, or how many"""


def _subject(command: Any, cause: UUID) -> Ref:
    return (Round, command.round_id)


def _step(world: World, command: Any, cause: UUID) -> RoundStep:
    round = world.get(Round, command.round_id)
    return RoundStep(round_id=round.round_id, phase=round.phase)


def _new_round(command: Any, cause: UUID) -> Ref:
    return (Round, new_id(cause, "round"))


def _drafted(world: World, command: Any, cause: UUID) -> RoundStep:
    round = world.get(Round, new_id(cause, "round"))
    return RoundStep(round_id=round.round_id, phase=round.phase)


def _new_application(command: Any, cause: UUID) -> Ref:
    return (Application, new_id(cause, "application"))


def _submitted(world: World, command: Any, cause: UUID) -> Submitted:
    one = world.get(Application, new_id(cause, "application"))
    return Submitted(round_id=one.round_id, application_id=one.application_id)


def round_door(noun: str, role: Role, command: type[Command], decide: Any, summary: str, **more: Any) -> Post:
    """A step that answers where the round stands then."""
    defaults: dict[str, Any] = {"refs": round_of, "subject": _subject, "answer": _step}
    return Post(
        path="/v1/rounds/{round_id}/" + noun,
        command=command,
        roles=frozenset({role}),
        decide=decide,
        summary=summary,
        **(defaults | more),
    )


async def _with_applicants(
    connection: Connection, command: awarding.ConfirmRound, vault: Vault
) -> awarding.ConfirmRoundAmong:
    return awarding.ConfirmRoundAmong(**dict(command), applicants=await store.chosen_in(connection, command.round_id))


ROUND_COMMANDS = (
    Post(
        path="/v1/rounds",
        command=calling.DraftCall,
        roles=frozenset({Role.FUNDER}),
        refs=calling.draft_refs,
        decide=calling.draft_call,
        subject=_new_round,
        answer=_drafted,
        summary="起草公益创投征集公告 · Draft the call of a venture round",
    ),
    round_door(
        "approval",
        Role.FUNDER,
        calling.ApproveCall,
        calling.approve_call,
        "批准并发布征集公告(不得是起草人) · Approve and publish a call somebody else drafted",
    ),
    round_door(
        "applications",
        Role.PROVIDER,
        applying.SubmitApplication,
        applying.submit_application,
        "递交申报(备案组织由承接的枢纽组织递交) · Apply; the hub applies for a group on record",
        refs=applying.submit_refs,
        subject=_new_application,
        answer=_submitted,
    ),
    round_door(
        "applications/{application_id}/withdrawal",
        Role.PROVIDER,
        applying.WithdrawApplication,
        applying.withdraw_application,
        "截止前撤回申报 · Withdraw an application before the deadline",
        refs=applying.withdraw_refs,
    ),
    round_door(
        "checks",
        Role.FUNDER,
        checking.CheckApplications,
        checking.check_applications,
        "完整性初审,每份写明理由 · Check applications for completeness, each with a reason",
        refs=checking.check_refs,
    ),
    round_door(
        "pairs/{pair_id}/decision",
        Role.FUNDER,
        checking.DecidePair,
        checking.decide_pair,
        "判断一对相似申报是否重复资助 · Decide whether a similar pair is the same work",
        refs=checking.pair_refs,
    ),
    round_door(
        "scores",
        Role.EVALUATOR,
        scoring.EnterApplicationScores,
        scoring.enter_application_scores,
        "评审专家评分(可分批) · Enter one expert's scores, many at once",
        refs=scoring.enter_refs,
    ),
    round_door(
        "public-scores",
        Role.FUNDER,
        scoring.EnterPublicScores,
        scoring.enter_public_scores,
        "录入大众评审得分 · Enter what the public jury gave",
        refs=scoring.public_refs,
    ),
    round_door(
        "scores/closing",
        Role.FUNDER,
        scoring.CloseRoundScoring,
        scoring.close_round_scoring,
        "结束评分,交由系统整轮择优 · Close scoring; matching then solves the round",
        refs=docket_of,
    ),
    round_door(
        "notice",
        Role.FUNDER,
        awarding.PublishChoice,
        awarding.publish_choice,
        "公示拟资助名单 · Publicise the choice",
    ),
    round_door(
        "confirmation",
        Role.FUNDER,
        awarding.ConfirmRound,
        awarding.confirm_round,
        "公示期满后由另一人确认,入选申报成为项目 · Confirm after the notice; each grant becomes a project",
        refs=awarding.confirm_refs,
        prepare=_with_applicants,
    ),
    round_door(
        "voiding",
        Role.FUNDER,
        awarding.VoidRound,
        awarding.void_round,
        "终止本轮并说明理由 · End a round without grants, with the reason",
    ),
)


async def list_rounds(connection: Connection, asked: Asked) -> Rounds:
    found = await store.rounds(connection, asked.cursor, asked.limit)
    more = RoundId(found[-1].id) if len(found) == asked.limit else None
    return Rounds(rounds=tuple(RoundLine.of(round) for round in found), next=more)


async def show_round(connection: Connection, asked: Asked) -> RoundAnswer:
    """A draft is its funder's own; to others there is nothing yet."""
    round, version = await found_round(connection, asked)
    return RoundAnswer.of(round, version)


async def list_applications(connection: Connection, asked: Asked) -> Applications:
    """Public once the round is closed; before, an organization sees its own at /v1/applications."""
    round, _ = await found_round(connection, asked)
    if round.phase in UNSEEN:
        return Applications(applications=(), next=None)
    return _page(await store.applications_in(connection, round.id, asked.cursor, asked.limit), asked)


async def list_own_applications(connection: Connection, asked: Asked) -> Applications:
    return _page(await store.applications_by(connection, asked.actor.party_id, asked.cursor, asked.limit), asked)


def _page(found: list[Application], asked: Asked) -> Applications:
    more = ApplicationId(found[-1].id) if len(found) == asked.limit else None
    return Applications(applications=tuple(ApplicationAnswer.of(one) for one in found), next=more)


async def list_pairs(connection: Connection, asked: Asked) -> Pairs:
    round, _ = await found_round(connection, asked)
    if asked.actor.role is not Role.AUDITOR:
        asked.actor.must_be(round.call.funder_id)
    found = await store.pairs_in(connection, round.id, asked.cursor, asked.limit)
    more = PairId(found[-1].id) if len(found) == asked.limit else None
    return Pairs(pairs=tuple(PairAnswer.of(pair) for pair in found), next=more)


async def found_round(connection: Connection, asked: Asked) -> tuple[Round, int]:
    id = asked.id("round_id")
    found = await store.round(connection, id)
    by = asked.by
    if found is not None and found[0].phase is RoundPhase.CALL_DRAFTED:
        inside = by is not None and (by.role is Role.AUDITOR or by.party_id == found[0].call.funder_id)
        found = found if inside else None
    if found is None:
        raise Refused("not_found", status=404, what="Round", id=str(id))
    return found


ROUND_QUESTIONS = (
    Get(
        path="/v1/rounds",
        roles=frozenset(),
        handler=list_rounds,
        answer=Rounds,
        summary="公益创投各轮 · Venture rounds",
    ),
    Get(
        path="/v1/rounds/{round_id}",
        roles=frozenset(),
        handler=show_round,
        answer=RoundAnswer,
        summary="一轮公益创投:公告、结果、证书、公示 · One round: call, choice, certificate, notice",
    ),
    Get(
        path="/v1/rounds/{round_id}/applications",
        roles=frozenset(),
        handler=list_applications,
        answer=Applications,
        summary="截止后公开的申报与得分 · Applications and scores, public after the deadline",
    ),
    Get(
        path="/v1/applications",
        roles=frozenset({Role.PROVIDER}),
        handler=list_own_applications,
        answer=Applications,
        summary="本方的申报 · One's own applications",
    ),
    Get(
        path="/v1/rounds/{round_id}/pairs",
        roles=frozenset({Role.FUNDER, Role.AUDITOR}),
        handler=list_pairs,
        answer=Pairs,
        summary="相似申报成对列出,由人判断 · Similar applications in pairs, for a person to decide",
    ),
)
