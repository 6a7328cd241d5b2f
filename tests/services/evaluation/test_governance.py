"""A community is graded from what residents said of its projects: satisfaction weighs most, few make no grade."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.contract import Milestone
from schemas.governance import CommunityGraded
from schemas.ids import PartyId, ProjectId
from schemas.party import PartyKind
from schemas.role import Role
from schemas.rulebook import Rule, Rulebook
from services import audit
from services.evaluation import SERVICE
from services.evaluation.rules.certainty import wilson
from services.evaluation.rules.governance import GOVERNANCE, CommunityBook, GovernedProject, days_of, graded
from services.kit.rulebooks import shipped
from tests.services.evaluation.evaluated import BOOK, an_acceptance
from tests.services.evaluation.test_self_evaluation_doors import graded as all_graded
from tests.services.evaluation.test_service import Project, a_rating
from tests.support.fixtures import Running
from tests.support.pure import refused
from tests.support.system import DIVISION, Person, System

COMMUNITY = uuid4()
REGISTRAR = PartyId(uuid4())
NEXT_YEAR = date(2027, 1, 1)
MAY = datetime(2026, 5, 4, tzinfo=UTC)


def a_project(**changes: Any) -> GovernedProject:
    usual = GovernedProject(
        project_id=ProjectId(uuid4()),
        closes_at=MAY,
        graded=True,
        counted=40,
        satisfied=36,
        answered_in_time=3,
        overdue=1,
        street_score=Decimal("85.00"),
    )
    return replace(usual, **changes)


def grade(
    *projects: GovernedProject, period: str = "2026", today: date = NEXT_YEAR, book: Rulebook = BOOK
) -> CommunityGraded:
    return graded(CommunityBook(id=COMMUNITY, projects=projects), period, today, book, REGISTRAR)


def weighing(**weights: int) -> Rulebook:
    return replace(BOOK, rules={**BOOK.rules, GOVERNANCE: Rule(weights, BOOK.source(GOVERNANCE))})


def test_the_grade_weighs_satisfaction_follow_ups_and_the_streets_word_and_shows_how() -> None:
    said = grade(a_project(), a_project(counted=60, satisfied=60, answered_in_time=0, overdue=0, street_score=None))

    lower = wilson(96, 100, Decimal("1.96")).lower  # 90.16, of 96.00 % satisfied
    assert {measure.name: (measure.score, measure.weight) for measure in said.measures} == {
        "居民满意度": (lower, 60),
        "整改按期答复": (Decimal("75.00"), 20),
        "街道评价": (Decimal("85.00"), 20),
    }
    assert said.score == Decimal("86.10")  # (90.16×60 + 75×20 + 85×20) ÷ 100 = 86.096
    assert said.grade == "良好"
    assert "2 个项目计入 100 份,满意 96 份(96.00%),95% 置信下限 90.16" in said.arithmetic
    assert "得分 = (居民满意度 90.16×60 + 整改按期答复 75.00×20 + 街道评价 85.00×20) ÷ 100 = 86.10" in said.arithmetic
    assert [(one.counted, one.satisfied) for one in said.projects] == [(40, 36), (60, 60)]


def test_what_there_is_nothing_to_say_of_leaves_its_weight_to_the_rest() -> None:
    said = grade(a_project(answered_in_time=0, overdue=0, street_score=None))

    assert [measure.name for measure in said.measures] == ["居民满意度"]
    assert said.score == said.measures[0].score
    assert "没有 整改按期答复、街道评价 的,其权重由其余各项按比例分摊" in said.arithmetic


def test_few_voices_are_shrunk_and_below_the_limit_make_no_grade() -> None:
    many, thirty = grade(a_project(counted=1000, satisfied=900)), grade(a_project(counted=30, satisfied=27))
    few = grade(a_project(counted=29, satisfied=29))

    assert thirty.measures[0].score < many.measures[0].score < 90
    assert (few.score, few.grade, few.too_few_below) == (None, None, 30)
    assert "不足 30 份,样本小,不评等级" in few.arithmetic


def test_a_community_whose_residents_said_nothing_has_no_grade() -> None:
    silent = grade(a_project(counted=0, satisfied=0))

    assert (silent.score, silent.grade) == (None, None)
    assert [measure.name for measure in silent.measures] == ["整改按期答复", "街道评价"]


def test_satisfaction_is_the_largest_single_weight_in_every_shipped_rulebook_and_any_other_is_refused() -> None:
    for book in shipped():
        if GOVERNANCE in book.rules:
            weights = book.value(GOVERNANCE)
            assert weights["satisfaction"] > max(w for name, w in weights.items() if name != "satisfaction")
    for satisfaction in (20, 40):
        wrong = weighing(satisfaction=satisfaction, followups=40, street=20)
        with refused("satisfaction_not_largest", source="居民满意度"):
            grade(a_project(), book=wrong)


@pytest.mark.parametrize(
    ("period", "closes_at", "counts"),
    [
        ("2026", "2025-12-31T15:59:59Z", False),
        ("2026", "2025-12-31T16:00:00Z", True),  # midnight in China
        ("2026-H1", "2026-06-30T15:59:59Z", True),
        ("2026-H1", "2026-06-30T16:00:00Z", False),
        ("2026-H2", "2026-06-30T16:00:00Z", True),
        ("2026", "2026-12-31T16:00:00Z", False),
    ],
)
def test_a_project_belongs_to_the_period_its_window_closed_in_by_the_day_in_china(
    period: str, closes_at: str, counts: bool
) -> None:
    project = a_project(closes_at=datetime.fromisoformat(closes_at))

    if counts:
        assert [one.project_id for one in grade(project, period=period).projects] == [project.project_id]
    else:
        with refused("no_project_in_period"):
            grade(project, period=period)


def test_a_running_period_and_one_with_ungraded_projects_are_not_graded() -> None:
    first, last = days_of("2026-H1")
    assert (first, last) == (date(2026, 1, 1), date(2026, 6, 30))
    with refused("governance_period_running"):
        grade(a_project(), period="2026-H1", today=last)
    assert grade(a_project(), period="2026-H1", today=last + timedelta(days=1)).grade is not None
    with refused("projects_not_graded"):
        grade(a_project(), a_project(graded=False))


async def a_rated_project(system: System, funder: Person, community: Person, satisfied: int) -> Project:
    """Rated by thirty-five residents, by its street and by its committee."""
    provider = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
    project = Project(system, funder=funder, community=community, provider=provider)
    await project.submitted()
    await project.issue(range(1, 36))
    levels = ["satisfied" if number <= satisfied else "dissatisfied" for number in range(1, 36)]
    said = [a_rating(number, level) for number, level in enumerate(levels, start=1)]
    assert (await project.rate(*said)).status == 201
    await project.tell(an_acceptance(Milestone.FINAL, project.id))
    for by, code, score in ((funder, "participation", "80"), (community, "guidance", "60")):
        body = {"score": score, "reasons": [{"code": code, "good": True}]}
        assert (await system.post(f"{project.at}/street-ratings", body, by)).status == 201
    return project


@pytest.mark.timeout(120)
async def test_the_registrar_publishes_a_past_years_grade_once_and_everybody_reads_it(running: Running) -> None:
    async with running(SERVICE, audit.SERVICE, virtual=True) as system:
        funder = await system.person(PartyKind.FUNDER, Role.FUNDER, division=DIVISION[:9])
        community = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        registrar = await system.person(PartyKind.REGISTRAR, Role.REGISTRAR)
        first = await a_rated_project(system, funder, community, satisfied=35)
        await a_rated_project(system, funder, community, satisfied=33)
        at = f"/v1/communities/{community.party_id}/governance-grades"

        hidden = (await system.get(f"{first.at}/street-ratings", funder)).json
        assert (hidden["given"], hidden["ratings"]) == (2, None)
        assert (await system.get(f"{first.at}/street-ratings")).status == 404
        await all_graded(system, projects=2)
        shown = (await system.get(f"{first.at}/street-ratings")).json["ratings"]
        assert [(one["score"], one["reasons"][0]["code"]) for one in shown] == [
            ("80", "participation"),
            ("60", "guidance"),
        ]

        early = await system.post(at, {"period": "2026"}, registrar)
        assert (early.status, early.json["title"]) == (409, "governance_period_running")
        await system.advance(timedelta(days=300))
        assert (await system.post(at, {"period": "2026"}, funder)).status == 403
        assert (await system.post(at, {"period": "1926"}, registrar)).json["errors"][0]["field"] == "period"
        nobody = f"/v1/communities/{uuid4()}/governance-grades"
        assert (await system.post(nobody, {"period": "2026"}, registrar)).status == 404
        wrong = f"/v1/communities/{funder.party_id}/governance-grades"
        assert (await system.post(wrong, {"period": "2026"}, registrar)).json["title"] == "not_a_community"
        assert (await system.facts("evaluation", "community.graded")) == []

        tables = ("governance_grades", "outbox", "idempotency")
        before = [await system.fetch(f"SELECT * FROM evaluation.{table} ORDER BY 1") for table in tables]
        preview = await system.get(f"{at}/preview?period=2026", registrar)
        assert before == [await system.fetch(f"SELECT * FROM evaluation.{table} ORDER BY 1") for table in tables]
        assert (await system.get(at)).json["grades"] == []

        published = await system.post(at, {"period": "2026"}, registrar)

        assert preview.status == 200
        assert preview.json == published.json
        assert published.status == 201
        lower = wilson(68, 70, Decimal("1.96")).lower
        names = [(measure["name"], measure["score"]) for measure in published.json["measures"]]
        assert names == [("居民满意度", str(lower)), ("街道评价", "80.00")]
        assert published.json["score"] == str(((lower * 60 + 80 * 20) / 80).quantize(Decimal("0.01")))
        assert (await system.get(at)).json["grades"] == [published.json]
        (told,) = await system.facts("evaluation", "community.graded")
        assert (told["key"], told["data"]["score"]) == (str(community.party_id), published.json["score"])
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        await system.settled()
        (archived,) = (await system.get("/v1/audit/events?type=community.graded", auditor)).json["events"]
        assert archived["data"]["arithmetic"] == published.json["arithmetic"]
        again = await system.post(at, {"period": "2026"}, registrar)
        assert (again.status, again.json["title"]) == (409, "community_already_graded")
        await no_previews(system, at, funder, registrar)
        assert (await system.get(f"/v1/communities/{UUID(int=1)}/governance-grades")).json["grades"] == []


async def no_previews(system: System, at: str, funder: Person, registrar: Person) -> None:
    """What cannot be published cannot be looked at either, and says the same."""
    told = [
        await system.get(f"{path}/preview{query}", by)
        for path, query, by in (
            (at, "?period=2026", registrar),
            (at, "?period=2025", registrar),
            (at, "?period=2027", registrar),
            (at, "", registrar),
            (f"/v1/communities/{funder.party_id}/governance-grades", "?period=2026", registrar),
            (f"/v1/communities/{uuid4()}/governance-grades", "?period=2026", registrar),
            (at, "?period=2026", funder),
        )
    ]
    assert [(reply.status, reply.json["title"]) for reply in told] == [
        (409, "community_already_graded"),
        (409, "no_project_in_period"),
        (409, "governance_period_running"),
        (422, "invalid_field"),
        (422, "not_a_community"),
        (404, "not_found"),
        (403, "wrong_role"),
    ]
    assert told[3].json["field"] == "period"
