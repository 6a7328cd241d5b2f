"""In a venture a grade may bind: a bad one bars its organization for a year, a good one puts it first of equals."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas.evaluation import ProjectGraded
from schemas.ids import ApplicationId, PartyId, ProjectId, RoundId
from services.kit.rulebooks import shipped
from services.matching.solving import draw_of
from services.tenders.rules.rounds.grades import GradedProject, ProviderRecord, must_not_be_barred
from tests.services.tenders.rounds import CALL_DAYS, TEXTS, Venture, a_venture, yuan
from tests.support.fixtures import Running
from tests.support.pure import refused
from tests.support.system import BEGINNING, Person, Reply

pytestmark = pytest.mark.timeout(120)
BOOK = shipped().named("example/charity-venture")
GRADED_AT = BEGINNING + timedelta(days=28)


async def granted(venture: Venture, organizations: int) -> dict[UUID, str]:
    """A round that all of them won, confirmed; the project of each."""
    await venture.call(budget=yuan(60_000 * organizations))
    ids = [await venture.apply(number=number) for number in range(organizations)]
    await venture.close()
    await venture.check()
    await venture.score(dict.fromkeys(ids, 80))
    await venture.solve()
    await venture.must("notice", None, venture.drafter)
    await venture.system.advance(timedelta(days=8))
    await venture.must("confirmation", {}, venture.approver)
    chosen = (await venture.get())["chosen"]
    return {venture.owners[one["choice"]["application_id"]].party_id: one["project_id"] for one in chosen}


async def grade(venture: Venture, project_id: str, grade: str) -> None:
    """As evaluation tells it."""
    fact = ProjectGraded(
        project_id=ProjectId(UUID(project_id)),
        score=Decimal(50),
        grade=grade,
        factor_percent=100,
        arithmetic="…",
        rulebook=shipped().named("example/below-limit").hash,
    )
    await venture.system.seen(await venture.system.teller.tell(fact, "evaluation", at=GRADED_AT))


async def again(venture: Venture, days: int, **changes: Any) -> None:
    """Another round, so many days after the first began."""
    closes_at = BEGINNING + timedelta(days=days + CALL_DAYS)
    venture.applied.clear()
    await venture.call(closes_at=closes_at.isoformat(), **changes)


async def an_application(venture: Venture, by: Person, number: int) -> Reply:
    title, _ = TEXTS[number]
    proposal = venture.a_proposal(number, title=f"{title}({venture.round[-4:]})")
    return await venture.post("applications", {"organization_id": str(by.party_id), "proposal": proposal}, by)


async def test_a_bad_grade_bars_in_the_year_after_and_no_longer(running: Running) -> None:
    async with a_venture(running) as venture:
        projects = await granted(venture, 2)
        bad, good = (owner for owner in venture.owners.values())
        await grade(venture, projects[bad.party_id], "不合格")
        await grade(venture, projects[good.party_id], "优秀")

        same_year = CALL_DAYS + 8
        await again(venture, same_year)
        in_time = await an_application(venture, bad, 0)
        await venture.system.advance(timedelta(days=310))
        await again(venture, same_year + 310)
        refused_one, other = await an_application(venture, bad, 0), await an_application(venture, good, 1)
        applied = len(await venture.system.facts("tenders", "application.submitted"))
        await venture.system.advance(timedelta(days=365))
        await again(venture, same_year + 310 + 365)
        afterwards = await an_application(venture, bad, 0)

        assert (in_time.status, other.status, afterwards.status) == (201, 201, 201)
        assert (refused_one.status, refused_one.json["title"]) == (403, "applicant_barred")
        assert refused_one.json["field"] == "organization_id"
        assert "2026-03-30 评为“不合格”" in refused_one.json["detail"]
        assert "至 2027 年年底" in refused_one.json["detail"]
        rule = BOOK.source("venture.barred")
        assert refused_one.json["rule"] == {"source": rule.text, "certainty": rule.certainty.value}
        assert applied == 4


async def test_the_latest_grade_puts_an_organization_first_of_equals_whatever_the_draw(running: Running) -> None:
    async with a_venture(running) as venture:
        projects = await granted(venture, 3)
        owners = list(venture.owners.values())
        await again(venture, CALL_DAYS + 8, budget=yuan(60_000))
        for number, owner in enumerate(owners):
            applied = await an_application(venture, owner, number + 3)
            venture.applied.append(applied.json["application_id"])
            venture.owners[applied.json["application_id"]] = owner
        round_id = RoundId(UUID(venture.round))
        drawn = sorted(venture.applied, key=lambda id: draw_of(round_id, ApplicationId(UUID(id))))
        last, first = venture.owners[drawn[-1]], venture.owners[drawn[0]]
        await grade(venture, projects[last.party_id], "优秀")
        await grade(venture, projects[first.party_id], "合格")

        await venture.close()
        await venture.check()
        await venture.score(dict.fromkeys(venture.applied, 80))
        await venture.solve()

        assert await venture.chosen() == {drawn[-1]: 60_000}
        certificate = (await venture.get("/solution"))["certificate"]
        assert certificate["proof"] == "optimal"
        assert "规则集给予优先的申报" in certificate["rule"]
        (told,) = await venture.system.facts("tenders", "applicants.preferred")
        assert told["data"]["applications"] == [drawn[-1]]
        assert told["data"]["grades"] == ["优秀", "良好"]
        assert told["data"]["source"] == BOOK.source("venture.priority_grades").text


def a_record(*graded: tuple[str, date]) -> ProviderRecord:
    id = PartyId(uuid4())
    return ProviderRecord(
        id=id,
        projects=tuple(
            GradedProject(id=UUID(int=place), organization_id=id, grade=grade, graded_on=day)
            for place, (grade, day) in enumerate(graded)
        ),
    )


def test_any_barred_grade_of_the_year_before_bars_and_an_edition_without_the_rule_never_does() -> None:
    record = a_record(("不合格", date(2026, 12, 31)), ("优秀", date(2027, 1, 5)))
    (before,) = [book for book in shipped() if book.name == "example/charity-venture@2026.1"]

    with refused("applicant_barred", source="次年不得申报", status=403):
        must_not_be_barred(record, BOOK, date(2027, 1, 1))
    for book, day in ((BOOK, date(2026, 12, 31)), (BOOK, date(2028, 1, 1)), (before, date(2027, 1, 1))):
        must_not_be_barred(record, book, day)
    must_not_be_barred(a_record(("合格", date(2026, 6, 1))), BOOK, date(2027, 1, 1))


def test_the_latest_of_several_grades_counts_for_priority() -> None:
    assert a_record().latest is None
    latest = a_record(("优秀", date(2026, 1, 1)), ("合格", date(2026, 6, 1))).latest
    assert latest is not None
    assert latest.grade == "合格"
