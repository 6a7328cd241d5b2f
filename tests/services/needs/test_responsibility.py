"""责任评价: resident units are rated by criteria that add up to 100, closed by another, replied to, published."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.party import PartyKind
from schemas.role import Role
from services import needs
from services.kit.rulebooks import shipped
from tests.services.needs.test_sharing import TODAY, a_unit, said
from tests.support.fixtures import Running
from tests.support.system import DIVISION, Person, Reply, System
from tests.support.waiting import eventually

YEAR = str(TODAY.year)
GOOD = {"facilities": 80, "affairs": 75, "welfare": 91, "civility": 60}
"""30 × 80 + 30 × 75 + 20 × 91 + 20 × 60 = 7,670 hundredths"""
FAIR = {"facilities": 70, "affairs": 70, "welfare": 70, "civility": 71}
"""7,020"""
MINUTES = "e" * 64


class Scene:
    def __init__(self, system: System, staff: Person, second: Person, street: Person, unit: Reply) -> None:
        self.system, self.staff, self.second, self.street = system, staff, second, street
        self.unit = unit.json["id"]
        self.at = f"/v1/resident-units/{self.unit}/ratings"

    @classmethod
    async def opened(cls, system: System) -> "Scene":
        staff = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        second = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY, party_id=staff.party_id)
        street = await system.person(PartyKind.FUNDER, Role.FUNDER, division=DIVISION[:9])
        return cls(system, staff, second, street, await a_unit(system, staff))

    async def rate(self, by: Person | None = None, marks: dict[str, int] = GOOD, **more: Any) -> Reply:
        by = by or self.staff
        body = {"rater_id": str(by.party_id), "marks": marks, "text": "全年开放会议室"} | more
        return await self.system.post(f"{self.at}/{YEAR}", body, by)

    async def close(self, by: Person | None = None) -> Reply:
        return await self.system.post(f"{self.at}/{YEAR}/closing", {}, by or self.second)

    async def reply(self, text: str = "明年增加开放时间") -> Reply:
        return await self.system.post(f"{self.at}/{YEAR}/reply", {"text": text}, self.staff)

    async def years(self, by: Person | None = None) -> Any:
        return (await self.system.get(self.at, by)).json["years"]


async def test_three_raters_make_a_mean_that_is_cut_off_and_anybody_can_reckon_again(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        scene = await Scene.opened(system)
        for reply in (
            await scene.rate(marks=FAIR),
            await scene.rate(),
            await scene.rate(minutes=MINUTES, marks=FAIR),
            await scene.rate(scene.street, marks=dict.fromkeys(GOOD, 80)),
        ):
            assert reply.status == 201, reply.json

        closed = await scene.close()

        assert (closed.json["score"], closed.json["grade"]) == ((7670 + 7020 + 8000) // 3, "良好")
        assert closed.json["score"] == 7563  # 7,563 1/3 is not rounded up, and neither would 7,563 2/3 be
        assert [one["rater"] for one in closed.json["raters"]] == ["community", "residents", "street"]
        assert "80×30 + 75×30 + 91×20 + 60×20 = 7670" in closed.json["working"]
        assert closed.json["working"].endswith("÷ 3")
        assert closed.json["reply_until"] == (TODAY + timedelta(days=10)).isoformat()


async def test_before_it_is_published_the_unit_may_reply_and_nobody_else_sees_it(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        scene = await Scene.opened(system)
        await scene.rate()
        assert said(await scene.reply()) == [(409, "no_reply_now")]
        await scene.close()
        assert await scene.years() == []
        assert len(await scene.years(scene.staff)) == 1

        secret = await scene.reply("请找王老师 13800138000")
        replied = await scene.reply()
        again = await scene.reply()

        assert said(secret, again) == [(422, "personal_data"), (409, "no_reply_now")]
        assert replied.json["published_on"] == TODAY.isoformat()
        [year] = await scene.years()
        assert (year["year"], year["reply"], year["grade"]) == (YEAR, "明年增加开放时间", "良好")
        await system.advance(timedelta(days=12))
        assert len(await system.facts("needs", "unit_rating.published")) == 1


async def test_without_a_reply_it_is_published_when_the_days_for_it_are_over(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        scene = await Scene.opened(system)
        await scene.rate()
        await scene.close()

        await system.advance(timedelta(days=10))
        assert await scene.years() == []
        await system.advance(timedelta(days=1))

        [year] = await eventually(scene.years, "the rating to be published")
        assert (year["reply"], year["score"]) == (None, 7670)
        assert year["published_on"] == (TODAY + timedelta(days=11)).isoformat()


async def test_who_may_rate_and_what_marks_must_be(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        scene = await Scene.opened(system)
        county = await system.person(PartyKind.FUNDER, Role.FUNDER, division=DIVISION[:6])
        other_street = await system.person(PartyKind.FUNDER, Role.FUNDER, division="320508002")
        other = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)

        refused = [
            await scene.rate(county),
            await scene.rate(other_street),
            await scene.rate(scene.street, minutes=MINUTES),
            await scene.rate(other),
            await scene.rate(marks={"facilities": 80}),
            await scene.rate(marks=GOOD | {"luck": 1}),
            await scene.rate(marks=GOOD | {"welfare": 101}),
            await system.post(
                f"{scene.at}/2099", {"rater_id": str(scene.staff.party_id), "marks": GOOD, "text": "好"}, scene.staff
            ),
            await scene.close(),
        ]

        assert said(*refused) == [
            (403, "not_its_street"),
            (403, "not_its_street"),
            (422, "minutes_of_the_residents"),
            (403, "not_your_party"),
            (422, "marks_of_the_criteria"),
            (422, "marks_of_the_criteria"),
            (422, "invalid_field"),
            (422, "unit_year"),
            (404, "not_found"),
        ]
        assert "信民函" in refused[4].json["rule"]["source"]
        assert await system.facts("needs", "resident_unit.rated") == []


async def test_who_entered_marks_does_not_close_them_and_closed_marks_stay(running: Running) -> None:
    async with running(needs.SERVICE, virtual=True) as system:
        scene = await Scene.opened(system)
        await scene.rate()
        own = await scene.close(scene.staff)
        await scene.close()

        assert said(own, await scene.close(), await scene.rate()) == [
            (403, "own_marks"),
            (409, "unit_rating_closed"),
            (409, "unit_rating_closed"),
        ]


@pytest.mark.parametrize("book", [one for one in shipped() if "sharing.criteria" in one.rules], ids=lambda b: b.name)
def test_the_criteria_have_names_and_add_up_to_a_hundred(book: Any) -> None:
    weights = book.value("sharing.criteria")

    assert sum(weights.values()) == 100
    assert weights.keys() == book.value("sharing.criteria_words").keys()
