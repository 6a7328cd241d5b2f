"""Doors of 双向选择: posts and seekers, suggested to each other with reasons; where both choose, one is employed."""

from datetime import date
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas import division
from schemas.days import day_of
from schemas.deciding import World
from schemas.ids import PartyId
from schemas.party import CertificateLevel
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.registry.api.organizations import PAGES
from services.registry.api.workers import worker_asked
from services.registry.rules import vacancy
from services.registry.rules.vacancy import Board, Criterion, Search, Vacancy, VacancyPhase
from services.registry.store import vacancies as stored
from services.registry.store import workers

PROVIDER = frozenset({Role.PROVIDER})
MOST_WEIGHED = 2000
"""seekers, or posts, that one question compares"""


class VacancyAnswer(Answer):
    """Public. `until`: the last day on which somebody may take it."""

    id: UUID
    employer_id: PartyId
    level: CertificateLevel
    """at least"""
    division: str
    full_time: bool
    first: date
    text: str
    until: date
    phase: VacancyPhase


class VacanciesPage(Answer):
    vacancies: tuple[VacancyAnswer, ...]
    next: UUID | None


class SearchAnswer(Answer):
    version: int | None = None
    worker_id: PartyId
    division: str
    full_time: bool
    until: date
    on: bool


class Candidate(Answer):
    """By id, never by name."""

    worker_id: PartyId
    level: CertificateLevel
    invited: bool
    applied: bool
    criteria: tuple[Criterion, ...]


class Candidates(Answer):
    """Whom most fits comes first; at most one page."""

    vacancy: VacancyAnswer
    candidates: tuple[Candidate, ...]


class Suggested(Answer):
    vacancy: VacancyAnswer
    invited: bool
    applied: bool
    criteria: tuple[Criterion, ...]


class SuggestedPosts(Answer):
    """What fits most comes first; at most one page."""

    search: SearchAnswer | None
    posts: tuple[Suggested, ...]


def _vacancy(one: Vacancy) -> VacancyAnswer:
    return VacancyAnswer(
        id=one.vacancy_id,
        employer_id=one.employer_id,
        level=one.level,
        division=one.division,
        full_time=one.full_time,
        first=one.first,
        text=one.text,
        until=one.until,
        phase=one.phase,
    )


def _search(one: Search, version: int | None = None) -> SearchAnswer:
    return SearchAnswer(
        version=version,
        worker_id=PartyId(one.id),
        division=one.division,
        full_time=one.full_time,
        until=one.until,
        on=one.on,
    )


def _offered(world: World, command: vacancy.OfferPost, cause: UUID) -> VacancyAnswer:
    return _vacancy(world.get(Board, command.party_id).post(vacancy.vacancy_id(cause)))


def _changed(world: World, command: vacancy.OfPost, cause: UUID) -> VacancyAnswer:
    return _vacancy(world.get(Board, command.party_id).post(command.vacancy_id))


def _sought(world: World, command: Any, cause: UUID) -> SearchAnswer:
    ref = (Search, command.worker_id)
    return _search(world.get(*ref), world.next_version(ref))


async def _vacancies(connection: Connection, asked: Asked) -> VacanciesPage:
    code = asked.query.get("division")
    if code is not None and (fault := division.check(code)):
        raise fault.refused("division_wrong", "division")
    prefix = None if code is None else division.prefix(code)
    found = await stored.posts_open(connection, day_of(asked.at), prefix, asked.cursor, asked.limit)
    return VacanciesPage(
        vacancies=tuple(map(_vacancy, found)), next=found[-1].vacancy_id if len(found) == asked.limit else None
    )


async def _candidates(connection: Connection, asked: Asked) -> Candidates:
    party_id = PartyId(asked.id("party_id"))
    post = (await stored.board(connection, party_id)).post(asked.id("vacancy_id"))
    asked.actor.must_be(party_id)
    found = await stored.seekers(connection, day_of(asked.at), post.division[:6], MOST_WEIGHED)
    weighed = [
        Candidate(
            worker_id=PartyId(search.id),
            level=certificate.level,
            invited=search.id in post.invited,
            applied=search.id in post.applied,
            criteria=vacancy.fit(post, search, certificate, career),
        )
        for search, certificate, career in found
    ]
    best = sorted(weighed, key=lambda one: (not one.applied, _unmet(one.criteria), one.worker_id))
    return Candidates(vacancy=_vacancy(post), candidates=tuple(best[: asked.limit]))


def _unmet(criteria: tuple[Criterion, ...]) -> int:
    return sum(not one.met for one in criteria)


async def _suggested(connection: Connection, asked: Asked) -> SuggestedPosts:
    worker = await worker_asked(connection, asked.id("worker_id"))
    asked.actor.must_be(PartyId(worker.id))
    search, career = await stored.search(connection, worker.id), await workers.career(connection, worker.id)
    if search is None or worker.certificate is None:
        return SuggestedPosts(search=None, posts=())
    prefix = search.division[:6]
    found = await stored.posts_open(connection, day_of(asked.at), prefix, None, MOST_WEIGHED)
    weighed = [
        Suggested(
            vacancy=_vacancy(post),
            invited=worker.id in post.invited,
            applied=worker.id in post.applied,
            criteria=vacancy.fit(post, search, worker.certificate, career),
        )
        for post in found
    ]
    best = sorted(weighed, key=lambda one: (not one.invited, _unmet(one.criteria), one.vacancy.id))
    return SuggestedPosts(search=_search(search), posts=tuple(best[: asked.limit]))


def _on_post(noun: str, command: Any, refs: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/organizations/{party_id}/vacancies/{vacancy_id}/" + noun,
        command=command,
        roles=PROVIDER,
        refs=refs,
        decide=decide,
        subject=lambda command, cause: (Board, command.party_id),
        answer=_changed,
        summary=summary,
    )


def _on_search(noun: str, command: Any, decide: Any, summary: str) -> Post:
    return Post(
        path="/v1/social-workers/{worker_id}/search" + noun,
        command=command,
        roles=PROVIDER,
        refs=vacancy.search_refs,
        decide=decide,
        subject=lambda command, cause: (Search, command.worker_id),
        answer=_sought,
        summary=summary,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/organizations/{party_id}/vacancies",
        command=vacancy.OfferPost,
        roles=PROVIDER,
        refs=vacancy.offer_refs,
        decide=vacancy.offer,
        subject=lambda command, cause: (Board, command.party_id),
        answer=_offered,
        summary="组织发布社会工作岗位(双向选择) · Offer a post to social workers",
    ),
    _on_post(
        "withdrawal",
        vacancy.TakeBackPost,
        vacancy.post_refs,
        vacancy.take_back,
        "撤回岗位 · Take a post back",
    ),
    _on_post(
        "invitations",
        vacancy.InviteWorker,
        vacancy.choose_refs,
        vacancy.invite,
        "邀请一名社会工作者;对方已应聘的,聘用成立 · Invite a worker; one who applied is then employed",
    ),
    _on_post(
        "applications",
        vacancy.ApplyForPost,
        vacancy.choose_refs,
        vacancy.apply,
        "应聘;已受邀请的,聘用成立 · Apply for a post; who was invited is then employed",
    ),
    _on_search("", vacancy.SeekWork, vacancy.seek, "社会工作者登记求职意向 · State that one seeks work"),
    _on_search("/withdrawal", vacancy.StopSeeking, vacancy.stop, "撤回求职意向 · Seek work no longer"),
    Get(
        path="/v1/vacancies",
        roles=frozenset(),
        handler=_vacancies,
        answer=VacanciesPage,
        summary="招聘中的岗位 · Posts on offer",
        query={"division": "区划代码,含其下级 · a division code: posts in it and below", **PAGES},
    ),
    Get(
        path="/v1/organizations/{party_id}/vacancies/{vacancy_id}/candidates",
        roles=PROVIDER,
        handler=_candidates,
        answer=Candidates,
        summary="适合该岗位的求职者及逐项理由(以编号) · Who suits the post, item by item, by id",
        query={"limit": PAGES["limit"]},
    ),
    Get(
        path="/v1/social-workers/{worker_id}/vacancies",
        roles=PROVIDER,
        handler=_suggested,
        answer=SuggestedPosts,
        summary="适合本人的岗位及逐项理由 · Posts that suit oneself, item by item",
        query={"limit": PAGES["limit"]},
    ),
)
