"""Doors of 责任评价: marks, their closing, the unit's reply; what is published is for everybody."""

from datetime import date
from uuid import UUID

from events.database import Connection
from schemas.deciding import World
from schemas.ids import PartyId
from schemas.refused import Refused
from schemas.responsibility import UnitMark, UnitRater
from schemas.role import Role
from schemas.sharing import ResidentUnitId
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.needs.rules.volunteers import responsibility
from services.needs.rules.volunteers.responsibility import OfUnitRating, UnitRating
from services.needs.store import volunteers as store


class RaterAnswer(Answer):
    """`score`: in hundredths of a point, the sum of weight × mark."""

    rater: UnitRater
    marks: tuple[UnitMark, ...]
    score: int
    text: str
    minutes: str | None
    rulebook: str


class UnitRatingAnswer(Answer):
    """`score`: in hundredths of a point, the mean of the raters', cut off; none before the closing."""

    version: int | None = None
    unit_id: ResidentUnitId
    year: str
    raters: tuple[RaterAnswer, ...]
    score: int | None
    grade: str | None
    working: str | None
    reply_until: date | None
    reply: str | None
    published_on: date | None


class UnitRatings(Answer):
    community_id: PartyId
    unit: str
    years: tuple[UnitRatingAnswer, ...]
    """the latest first; those not published yet are shown to the community alone"""


def _rating(one: UnitRating) -> UnitRatingAnswer:
    closed = one.closed
    return UnitRatingAnswer(
        unit_id=one.unit_id,
        year=one.year,
        raters=tuple(
            RaterAnswer(
                rater=each.rater,
                marks=each.marks,
                score=each.score,
                text=each.text,
                minutes=each.minutes,
                rulebook=each.rulebook,
            )
            for each in one.rated
        ),
        score=None if closed is None else closed.score,
        grade=None if closed is None else closed.grade,
        working=None if closed is None else _working(one),
        reply_until=None if closed is None else closed.reply_until,
        reply=one.reply,
        published_on=one.published_on,
    )


def _working(one: UnitRating) -> str:
    """As anybody can reckon it again: (80×40 + 70×30 + 90×30 = 8000, …) ÷ 2."""
    sums = [
        f"{each.rater}: {' + '.join(f'{mark.mark}×{mark.weight}' for mark in each.marks)} = {each.score}"
        for each in one.rated
    ]
    return f"({'; '.join(sums)}) ÷ {len(sums)}"


def _decided(world: World, command: OfUnitRating, cause: UUID) -> UnitRatingAnswer:
    ref = (UnitRating, responsibility.rating_id(command))
    return _rating(world.get(*ref)).model_copy(update={"version": world.next_version(ref)})


async def _ratings(connection: Connection, asked: Asked) -> UnitRatings:
    unit = await store.unit(connection, asked.id("unit_id"))
    if unit is None:
        raise Refused("not_found", status=404, what="ResidentUnit", id=asked.path["unit_id"])
    own = asked.by is not None and asked.by.party_id == unit.told.community_id
    found = await store.ratings_of(connection, unit.id)
    return UnitRatings(
        community_id=unit.told.community_id,
        unit=unit.told.name,
        years=tuple(_rating(one) for one in found if own or one.published_on is not None),
    )


_ONE = "/v1/resident-units/{unit_id}/ratings"
ROUTES: tuple[Post | Get, ...] = (
    Post(
        path=f"{_ONE}/{{year}}",
        command=responsibility.RateUnit,
        roles=frozenset({Role.COMMUNITY, Role.FUNDER}),
        refs=responsibility.rate_refs,
        decide=responsibility.rate,
        subject=lambda command, cause: (UnitRating, responsibility.rating_id(command)),
        answer=_decided,
        summary="驻区单位责任评价:按规则集各项打分 · Rate a resident unit's part by the rulebook's criteria",
    ),
    Post(
        path=f"{_ONE}/{{year}}/closing",
        command=responsibility.CloseUnitRating,
        roles=frozenset({Role.COMMUNITY}),
        refs=responsibility.rating_refs,
        decide=responsibility.close,
        subject=lambda command, cause: (UnitRating, responsibility.rating_id(command)),
        answer=_decided,
        summary="由另一人结束打分,得出等级 · Another person closes the marks; the grade follows",
    ),
    Post(
        path=f"{_ONE}/{{year}}/reply",
        command=responsibility.ReplyToRating,
        roles=frozenset({Role.COMMUNITY}),
        refs=responsibility.rating_refs,
        decide=responsibility.reply,
        subject=lambda command, cause: (UnitRating, responsibility.rating_id(command)),
        answer=_decided,
        summary="录入单位的答复并公布 · Enter the unit's reply; the rating is published",
    ),
    Get(
        path=_ONE,
        roles=frozenset(),
        handler=_ratings,
        answer=UnitRatings,
        summary="驻区单位历年责任评价和算式 · A resident unit's ratings by year, with the arithmetic",
    ),
)
