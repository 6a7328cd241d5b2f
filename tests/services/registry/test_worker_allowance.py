"""职业津贴: by level, for the days of a month on which a certified worker was employed in the area."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from schemas import uscc
from schemas.ids import PartyId
from schemas.money import Money
from schemas.party import Certificate, CertificateLevel
from schemas.rulebook import Rulebook
from services import registry
from services.kit.rulebooks import shipped
from services.registry.rules.employment import EmploymentPhase, Job
from services.registry.rules.grid_allowance import Month, month_of
from services.registry.rules.worker_allowance import ALLOWANCE, allowance
from tests.services.registry.test_through_doors import an_organization
from tests.services.registry.test_workers_at_doors import Bureau
from tests.support.fixtures import Running

BOOK = next(book for book in shipped() if set(ALLOWANCE) <= book.rules.keys())
TODAY = date(2026, 6, 20)
MAY = month_of("2026-05", TODAY)
WORKER = PartyId(uuid4())
ONE, OTHER = PartyId(UUID(int=1)), PartyId(UUID(int=2))


def a_job(first: date, last: date | None = None, employer: PartyId = ONE, **changes: Any) -> Job:
    fields = {"employment_id": uuid4(), "employer_id": employer, "full_time": True, "first": first, "last": last}
    return Job.model_validate(fields | {"phase": EmploymentPhase.AGREED} | changes)


def due(*jobs: Job, month: Month = MAY, until: date = date(2028, 1, 1), book: Rulebook = BOOK) -> Any:
    certificate = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=until)
    return allowance(WORKER, jobs, certificate, month, book)


def test_a_whole_month_is_the_amount_of_the_level() -> None:
    line = due(a_job(date(2026, 1, 1)))

    assert (line.a_month, line.days, line.of_days, line.amount) == (Money(30_000), 31, 31, Money(30_000))
    assert line.employers == (ONE,)


@pytest.mark.parametrize(
    ("jobs", "days"),
    [
        ([a_job(date(2026, 5, 22))], 10),
        ([a_job(date(2026, 1, 1), date(2026, 5, 10))], 10),
        ([a_job(date(2026, 1, 1), date(2026, 5, 5)), a_job(date(2026, 5, 27), employer=OTHER)], 10),
        ([a_job(date(2026, 5, 1), date(2026, 5, 10)), a_job(date(2026, 5, 6), date(2026, 5, 10), OTHER)], 10),
    ],
)
def test_part_of_a_month_goes_by_days_and_two_employers_on_one_day_make_one(jobs: list[Job], days: int) -> None:
    line = due(*jobs)

    assert (line.days, line.amount) == (days, Money(9_677))  # 30,000 × 10 / 31 = 9,677.4
    assert set(line.employers) == {job.employer_id for job in jobs}


def test_days_after_the_registration_ended_do_not_count() -> None:
    assert due(a_job(date(2026, 1, 1)), until=date(2026, 5, 10)).days == 10
    assert due(a_job(date(2026, 1, 1)), until=date(2026, 4, 30)) is None


def test_the_month_that_runs_is_counted_until_today() -> None:
    line = due(a_job(date(2026, 1, 1)), month=month_of("2026-06", TODAY))

    assert (line.days, line.of_days, line.amount) == (20, 30, Money(20_000))


@pytest.mark.parametrize("changes", [{"full_time": False}, {"phase": "stated"}, {"phase": "denied"}])
def test_who_is_not_employed_as_the_rulebook_asks_gets_none(changes: dict[str, Any]) -> None:
    assert due(a_job(date(2026, 1, 1), **changes)) is None


async def test_a_registrar_reads_the_list_of_its_area_with_its_sum(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        bureau = await Bureau.opened(system)
        month_began = bureau.today.replace(day=1)
        code = uscc.make("52", "320508", "00099999")
        here = await bureau.admitted(an_organization(uscc=code, name="示例第三中心", division="320508002"))
        await bureau.works(here, first=(month_began - timedelta(days=40)).isoformat())
        path = "/v1/allowances/320508"

        shown = (await system.get(path, bureau.one)).json
        audited = (await system.get(path, bureau.auditor)).json
        street = (await system.get("/v1/allowances/320508001", bureau.one)).json
        elsewhere = await system.get("/v1/allowances/340111", bureau.one)
        book = await system.get(f"{path}?format=xlsx", bureau.one)
        wrong = [await system.get(f"/v1/allowances/{code}", bureau.one) for code in ("32050", "999999")]
        ahead = await system.get(f"{path}?month=2099-01", bureau.one)

        [line] = shown["allowances"]
        today = datetime.now(UTC).date()
        assert (line["worker_id"], line["level"]) == (str(bureau.worker.party_id), "social_worker")
        assert line["employers"] == [str(here.party_id)]
        assert line["days"] in (today.day, bureau.today.day)
        assert shown["total"] == line["amount"]
        assert audited == shown
        assert (street["allowances"], street["total"]) == ([], {"fen": 0})
        assert (elsewhere.status, elsewhere.json["title"]) == (403, "outside_your_area")
        assert (book.status, [one.status for one in wrong], ahead.json["title"]) == (200, [404, 404], "month_wrong")
        assert (await system.get(path, bureau.employer)).status == 403
        assert (await system.get(path)).status == 401
