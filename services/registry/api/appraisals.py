"""How a community's workers did in a year: entered, replied to, confirmed; to the public only how many have a grade."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.appraisal import AppraisalResult
from schemas.canonical import digest_of
from schemas.days import day_of
from schemas.deciding import Ref, World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.role import Role
from services.kit.adopted import shelf
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.registry.api.communities import community_asked
from services.registry.api.organizations import PAGES
from services.registry.api.parties import PUBLIC, REGISTRAR
from services.registry.rules import appraising, staffing
from services.registry.rules.appraisal import Appraisal, AppraisalPhase
from services.registry.rules.appraisal_score import APPRAISAL, GradeCount, published
from services.registry.rules.appraising import ReadAppraisal, last_held
from services.registry.store import appraisals as stored
from services.registry.store import records

SHOWN_WHOLE = frozenset({Role.REGISTRAR, Role.AUDITOR})
FIRST_YEAR, LAST_YEAR = 2000, 2100


class AppraisalAnswer(Answer):
    id: UUID
    phase: AppraisalPhase
    result: AppraisalResult
    digest: str
    """SHA-256 of the canonical JSON of `result`, which the facts tell"""
    rulebook: str
    """hash of the one it is reckoned by"""
    ground: str
    document: str
    entered_by: UUID
    entered_on: date
    reply_until: date
    reply: str | None
    correction: str | None
    """why the second person corrected it"""
    settled_by: UUID | None
    settled_on: date | None
    reason: str | None
    """of a rejection"""


class AppraisalsPage(Answer):
    """To the public, and to other communities, only `grades`: how many were finally appraised so."""

    community_id: PartyId
    year: int
    rule: staffing.RuleAnswer
    """in force today; each appraisal keeps to its own"""
    grades: tuple[GradeCount, ...]
    appraisals: tuple[AppraisalAnswer, ...]
    next: UUID | None


def appraisal_answer(one: Appraisal) -> AppraisalAnswer:
    return AppraisalAnswer(
        id=one.id,
        phase=one.phase,
        result=one.result,
        digest=digest_of(one.result),
        rulebook=one.rulebook,
        ground=one.ground,
        document=one.document,
        entered_by=one.entered_by,
        entered_on=one.entered_on,
        reply_until=one.reply_until,
        reply=one.reply,
        correction=one.correction,
        settled_by=one.settled_by,
        settled_on=one.settled_on,
        reason=one.reason,
    )


async def _with_post(connection: Connection, command: appraising.EnterAppraisal, vault: Vault) -> ReadAppraisal:
    """Of the worker's posts there the last that was held in the year."""
    last = date(command.year, 12, 31)
    posts = await records.posts_of(connection, command.community_id, command.worker_id, last)
    return ReadAppraisal(**dict(command), post_id=last_held(posts, command.year))


async def _of_a_year(connection: Connection, asked: Asked) -> AppraisalsPage:
    asked.must_page()
    party, today, by = await community_asked(connection, asked.id("community_id")), day_of(asked.at), asked.by
    year = _year(asked.query.get("year", str(today.year)), today)
    book = staffing.book_of(party.division, APPRAISAL, await shelf(connection), today, field="year")
    whole = by is not None and (by.role in SHOWN_WHOLE or (by.role is Role.COMMUNITY and by.party_id == party.id))
    found = await stored.of_a_year(connection, party.id, year, asked.cursor, asked.limit) if whole else []
    return AppraisalsPage(
        community_id=PartyId(party.id),
        year=year,
        rule=staffing.shown(book, APPRAISAL),
        grades=published(await stored.final_grades(connection, party.id, year), book),
        appraisals=tuple(appraisal_answer(one) for one in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


def _year(text: str, today: date) -> int:
    if len(text) != 4 or not text.isascii() or not text.isdecimal() or not FIRST_YEAR <= int(text) <= today.year:
        raise Refused("year_wrong", status=422, field="year", this=today.year)
    return int(text)


def _entered(world: World, command: ReadAppraisal, cause: UUID) -> AppraisalAnswer:
    return appraisal_answer(world.get(Appraisal, appraising.appraisal_id(command)))


def _changed(world: World, command: Any, cause: UUID) -> AppraisalAnswer:
    return appraisal_answer(world.get(Appraisal, command.appraisal_id))


def _subject(command: Any, cause: UUID) -> Ref:
    return (Appraisal, command.appraisal_id)


def _on_appraisal(noun: str, command: Any, roles: frozenset[Role], refs: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/communities/{community_id}/appraisals/{appraisal_id}/" + noun,
        command=command,
        roles=roles,
        refs=refs,
        decide=decide,
        subject=_subject,
        answer=_changed,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/communities/{community_id}/appraisals",
        command=appraising.EnterAppraisal,
        roles=REGISTRAR,
        refs=appraising.enter_refs,
        decide=appraising.enter_appraisal,
        subject=lambda command, cause: (Appraisal, appraising.appraisal_id(command)),
        answer=_entered,
        prepare=_with_post,
        summary="录入社区工作者年度考核(得分四舍五入到整数) · Enter a community worker's appraisal of a year",
    ),
    _on_appraisal(
        "replies",
        appraising.ReplyToAppraisal,
        frozenset({Role.COMMUNITY}),
        appraising.reply_refs,
        appraising.reply_to_appraisal,
        "经社区提交被考核人的意见 · Hand in what the worker says of the appraisal",
    ),
    _on_appraisal(
        "confirmations",
        appraising.ConfirmAppraisal,
        REGISTRAR,
        appraising.settle_refs,
        appraising.confirm_appraisal,
        "确认他人录入的年度考核,可更正一次 · Confirm an appraisal that another person entered, corrected or as it is",
    ),
    _on_appraisal(
        "rejections",
        appraising.RejectAppraisal,
        REGISTRAR,
        appraising.settle_refs,
        appraising.reject_appraisal,
        "退回他人录入的年度考核(说明理由) · Turn down an appraisal that another person entered, with the reason",
    ),
    Get(
        path="/v1/communities/{community_id}/appraisals",
        roles=PUBLIC,
        handler=_of_a_year,
        answer=AppraisalsPage,
        summary="一个社区某年度的考核;对公众只按等次计数 · A community's appraisals of a year; to the public by grade",
        query={"year": "年度,默认今年 · the year, this one unless said otherwise"} | PAGES,
    ),
)
