"""A community worker's year: what is reckoned, who may, and that two people and the worker have their say."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import uscc
from schemas.appraisal import AppraisalConfirmed, AppraisalEntered, AppraisalRejected
from schemas.canonical import digest_of
from schemas.ids import PartyId
from schemas.model import Model
from schemas.organization import EndCause
from schemas.role import Actor, Role
from schemas.rulebook import Rule, Rulebook
from services.kit.rulebooks import shipped
from services.registry.rules import appraising as rules
from services.registry.rules.appraisal import Appraisal, AppraisalPhase
from services.registry.rules.appraisal_score import (
    APPRAISAL,
    BANDS,
    LEAST_RATINGS,
    Figures,
    Ratings,
    half_up,
    published,
    result,
)
from services.registry.rules.appraising import ReadAppraisal
from services.registry.rules.community import EnterCommunityRecord, enter_community_record, enter_refs
from services.registry.rules.ending import EndRecord, end_record, end_refs
from services.registry.rules.record import Record
from services.registry.rules.staffing import book_of
from tests.services.registry.records import PAPER
from tests.services.registry.stories import DIVISION, Registered
from tests.services.registry.test_staffing import Adopted, of_the_county
from tests.support.pure import an_actor, refused

BOOK = shipped().named("example/community")
TODAY = date(2026, 3, 2)
WORKER = PartyId(UUID(int=77))
LEVELS = ("very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied")
SCORES = {"duties": 85, "visits": 90, "learning": 70}


def figures(*counts: int, **scores: int) -> Figures:
    return Figures(ratings=Ratings(**dict(zip(LEVELS, counts, strict=True))), scores=SCORES | scores)


SOUND = figures(20, 10, 5, 3, 2)
"""(2000 + 800 + 300 + 120 + 40) ÷ 40 = 81.5"""


class Appraised(Registered):
    """A community with a worker since 2025, its registrars, and those of another county."""

    def __init__(self) -> None:
        super().__init__()
        self.rulebook = shipped().named("example/below-limit")
        self.community = self.verify(self.register("community"))
        office = self.register("funder", uscc=uscc.make("11", "411502", "00012345"), division="411502")
        elsewhere = self.register("funder", division="320508")
        self.rulebook = BOOK
        self.one, self.other = (
            Actor(role=Role.REGISTRAR, party_id=PartyId(office.id), person_id=uuid4()) for _ in "12"
        )
        self.far = Actor(role=Role.REGISTRAR, party_id=PartyId(elsewhere.id), person_id=uuid4())
        self.staff = Actor(role=Role.COMMUNITY, party_id=PartyId(self.community.id), person_id=uuid4())
        self.post = self.works()

    def works(self, first: date = date(2025, 6, 1), **changes: Any) -> UUID:
        content = {"kind": "post", "worker_id": WORKER, "post": "grid_worker", "grids": 1, "full_time": True}
        body = {"party_id": self.community.id, "content": content | {"employer": "示例街道"}, "valid_from": first}
        body |= {"ground": "示例聘任 1 号", "worker_name": "示例网格员"} | changes
        said = self.command(enter_refs, enter_community_record, EnterCommunityRecord.model_validate(body))
        return next(one.record_id for one in said if hasattr(one, "record_id"))  # type: ignore[no-any-return]

    def enter(self, by: Actor | None = None, **changes: Any) -> list[Model]:
        by = by or self.one
        body: dict[str, Any] = {"community_id": self.community.id, "registrar_id": by.party_id, "worker_id": WORKER}
        body |= {"year": 2026, "figures": SOUND, "ground": "示例考核表 1 号", "document": PAPER, "post_id": self.post}
        return self.command(rules.enter_refs, rules.enter_appraisal, ReadAppraisal(**body | changes), by)

    def reply(self, words: str = "走访少计一次", by: Actor | None = None) -> list[Model]:
        command = rules.ReplyToAppraisal(community_id=self.id, appraisal_id=self.appraisal.id, words=words)
        return self.command(rules.reply_refs, rules.reply_to_appraisal, command, by or self.staff)

    def confirm(self, by: Actor | None = None, **changes: Any) -> list[Model]:
        by = by or self.other
        body: dict[str, Any] = {"community_id": self.id, "appraisal_id": self.appraisal.id, "registrar_id": by.party_id}
        command = rules.ConfirmAppraisal(**body | changes)
        return self.command(rules.settle_refs, rules.confirm_appraisal, command, by)

    def reject(self, by: Actor | None = None, reason: str = "评价表不全") -> list[Model]:
        by = by or self.other
        command = rules.RejectAppraisal(
            community_id=self.id, appraisal_id=self.appraisal.id, registrar_id=by.party_id, reason=reason
        )
        return self.command(rules.settle_refs, rules.reject_appraisal, command, by)

    @property
    def id(self) -> PartyId:
        return PartyId(self.community.id)

    @property
    def appraisal(self) -> Appraisal:
        (found,) = self.world.each(Appraisal)
        return found


def test_the_whole_arithmetic_is_told() -> None:
    told = result(uuid4(), WORKER, 2026, SOUND, BOOK)

    assert [(one.level, one.count, one.points) for one in told.levels] == list(
        zip(LEVELS, (20, 10, 5, 3, 2), (100, 80, 60, 40, 20), strict=True)
    )
    assert [(one.criterion, one.weight, one.score) for one in told.criteria] == [
        ("satisfaction", 40, "163/2"),
        ("duties", 30, "85"),
        ("visits", 20, "90"),
        ("learning", 10, "70"),
    ]
    assert (told.rated, told.exact, told.score, told.grade, told.grade_from) == (40, "831/10", 83, "称职", 75)
    assert told.how == ("(40×(20×100 + 10×80 + 5×60 + 3×40 + 2×20)÷40 + 30×85 + 20×90 + 10×70) ÷ 100 = 831/10 → 83")


@pytest.mark.parametrize(
    ("learning", "exact", "score", "grade"),
    [(65, "179/2", 90, "优秀"), (64, "447/5", 89, "称职"), (70, "90", 90, "优秀")],
)
def test_half_a_point_is_rounded_up_so_that_no_score_falls_between_two_grades(
    learning: int, exact: str, score: int, grade: str
) -> None:
    told = result(uuid4(), WORKER, 2026, figures(40, 0, 0, 0, 0, duties=80, visits=95, learning=learning), BOOK)

    assert (told.exact, told.score, told.grade) == (exact, score, grade)


@given(
    counts=st.lists(st.integers(0, 100_000), min_size=5, max_size=5).filter(lambda n: sum(n) >= 30), points=st.data()
)
def test_every_appraisal_has_a_grade_and_rounds_once(counts: list[int], points: st.DataObject) -> None:
    scores = {name: points.draw(st.integers(0, 100)) for name in SCORES}
    told = result(uuid4(), WORKER, 2026, figures(*counts, **scores), BOOK)

    assert 0 <= told.score <= 100
    assert abs(Fraction(told.exact) - told.score) <= Fraction(1, 2)
    assert sum(Fraction(one.score) * one.weight for one in told.criteria) == 100 * Fraction(told.exact)
    assert told.grade_from == max(band["from"] for band in BOOK.value(BANDS) if told.score >= band["from"])


@pytest.mark.parametrize(("exact", "whole"), [("178/2", 89), ("179/2", 90), ("8949/100", 89), ("0", 0)])
def test_half_goes_up(exact: str, whole: int) -> None:
    assert half_up(Fraction(exact)) == whole


def test_too_few_ratings_make_no_score_and_the_rule_is_named() -> None:
    with refused("too_few_ratings", source="不足 30 人", status=422) as caught:
        result(uuid4(), WORKER, 2026, figures(29, 0, 0, 0, 0), BOOK)

    assert (caught.value.details["rated"], caught.value.details["least"]) == (29, 30)
    assert result(uuid4(), WORKER, 2026, figures(0, 0, 0, 0, 30), BOOK).rated == 30


@pytest.mark.parametrize("scores", [{"duties": 85}, SCORES | {"satisfaction": 90}, SCORES | {"beauty": 90}])
def test_every_criterion_but_the_satisfaction_comes_with_one_score(scores: dict[str, int]) -> None:
    with refused("scores_of_criteria", source="群众满意度占主要权重", status=422) as caught:
        result(uuid4(), WORKER, 2026, SOUND.model_copy(update={"scores": scores}), BOOK)

    assert caught.value.details["among"] == ("duties", "visits", "learning")


def test_of_a_grade_that_few_have_the_number_is_withheld_and_no_other_number_tells_it() -> None:
    def counts(**of: int) -> dict[str, int | None]:
        return {one.grade: one.count for one in published([grade for grade, n in of.items() for _ in range(n)], BOOK)}

    assert counts(优秀=3, 称职=6, 不称职=1) == {"优秀": 3, "称职": 6, "基本称职": None, "不称职": None}
    assert counts(优秀=3, 称职=6, 基本称职=4, 不称职=2) == {"优秀": None, "称职": 6, "基本称职": 4, "不称职": None}
    assert counts(优秀=3, 称职=6, 基本称职=4, 不称职=3) == {"优秀": 3, "称职": 6, "基本称职": 4, "不称职": 3}
    assert counts() == dict.fromkeys(("优秀", "称职", "基本称职", "不称职"))
    assert counts(较好=5)["较好"] == 5


def test_an_appraisal_is_told_by_ids_and_digest_and_nothing_of_how_the_worker_did() -> None:
    story = Appraised()

    _, entered = story.enter()
    story.reply()
    _, confirmed = story.confirm()

    assert isinstance(entered, AppraisalEntered)
    assert isinstance(confirmed, AppraisalConfirmed)
    assert (entered.party_id, entered.worker_id, entered.year) == (story.id, WORKER, 2026)
    assert (entered.stream, entered.key, entered.rulebook) == ("sanshe.parties", str(story.id), BOOK.hash)
    assert entered.digest == confirmed.digest == digest_of(story.appraisal.result)
    assert (confirmed.replied, confirmed.correction) == (True, None)
    assert (confirmed.entered_by, confirmed.confirmed_by) == (story.one.person_id, story.other.person_id)
    for said in (entered, confirmed):
        assert "称职" not in said.model_dump_json()
        assert "走访" not in said.model_dump_json()
    assert story.appraisal.phase is AppraisalPhase.CONFIRMED


def test_the_second_person_may_correct_it_once_with_a_reason_and_then_it_is_final() -> None:
    story = Appraised()
    _, entered = story.enter()
    story.reply()
    better = figures(20, 10, 5, 3, 2, visits=95)

    _, confirmed = story.confirm(correction=rules.Correction(figures=better, reason="走访补计一次"))

    assert isinstance(entered, AppraisalEntered)
    assert isinstance(confirmed, AppraisalConfirmed)
    assert confirmed.digest == digest_of(story.appraisal.result) != entered.digest
    assert (confirmed.correction, story.appraisal.result.exact) == ("走访补计一次", "841/10")
    for again in (story.confirm, story.reject, story.reply):
        with refused("appraisal_settled"):
            again()
    with refused("appraised_already"):
        story.enter()


def test_a_correction_with_too_few_ratings_changes_nothing() -> None:
    story = Appraised()
    story.enter()
    story.reply()

    with refused("too_few_ratings"):
        story.confirm(correction=rules.Correction(figures=figures(1, 0, 0, 0, 0), reason="更正"))
    assert story.appraisal.phase is AppraisalPhase.WAITING


def test_it_is_confirmed_by_another_person_and_no_worker_sees_to_its_own() -> None:
    story = Appraised()
    own = an_actor(Role.REGISTRAR, story.one.party_id, WORKER)
    with refused("own_appraisal", status=403):
        story.enter(own)
    story.enter()
    story.reply()

    for settle in (story.confirm, story.reject):
        with refused("own_record", status=403):
            settle(story.one)
        with refused("own_appraisal", status=403):
            settle(own)


def test_only_a_registrar_of_the_place_appraises_and_in_its_own_name() -> None:
    story = Appraised()

    with refused("community_of_another_place", status=403):
        story.enter(story.far)
    with refused("not_your_party", status=403):
        story.enter(story.far, registrar_id=story.one.party_id)
    story.enter()
    story.reply()
    with refused("community_of_another_place", status=403):
        story.confirm(story.far)
    with refused("not_your_party", status=403):
        story.confirm(story.far, registrar_id=story.other.party_id)


def test_it_waits_for_the_workers_reply_or_the_end_of_its_days() -> None:
    story = Appraised()
    story.enter()

    assert story.appraisal.reply_until == TODAY + timedelta(days=5)
    story.at += timedelta(days=5)
    with refused("reply_awaited", source="5 日内提出意见"):
        story.confirm()
    story.at += timedelta(days=1)
    _, confirmed = story.confirm()
    assert isinstance(confirmed, AppraisalConfirmed)
    assert not confirmed.replied


def test_the_community_hands_in_one_reply_without_personal_data() -> None:
    story = Appraised()
    story.enter()

    with refused("not_your_party", status=403):
        story.reply(by=an_actor(Role.COMMUNITY))
    with refused("personal_data"):
        story.reply("请致电 13800138000")
    story.reply("没有意见")
    assert story.appraisal.reply == "没有意见"
    with refused("replied_already"):
        story.reply()


def test_what_becomes_public_is_looked_through() -> None:
    story = Appraised()
    with refused("personal_data"):
        story.enter(ground="经办人 13800138000")
    story.enter()
    story.reply()

    with refused("personal_data"):
        story.confirm(correction=rules.Correction(figures=SOUND, reason="见 13800138000"))
    with refused("personal_data"):
        story.reject(reason="见 13800138000")
    assert story.appraisal.phase is AppraisalPhase.WAITING


def test_what_was_turned_down_may_be_entered_anew_in_its_place() -> None:
    story = Appraised()
    story.enter()
    with refused("appraised_already"):
        story.enter(story.other)

    _, told = story.reject()

    assert isinstance(told, AppraisalRejected)
    assert (told.reason, told.rejected_by) == ("评价表不全", story.other.person_id)
    assert story.appraisal.phase is AppraisalPhase.REJECTED
    story.enter(figures=figures(40, 0, 0, 0, 0))
    assert (story.appraisal.phase, story.appraisal.reason) == (AppraisalPhase.WAITING, None)


def test_a_worker_has_one_appraisal_for_each_year() -> None:
    story = Appraised()
    story.enter(year=2025)
    story.enter(year=2026)

    assert sorted(one.year for one in story.world.each(Appraisal)) == [2025, 2026]


def test_who_held_no_post_there_in_the_year_is_not_appraised() -> None:
    story = Appraised()

    for changes in ({"year": 2024}, {"post_id": None}, {"worker_id": PartyId(uuid4()), "post_id": None}):
        with refused("no_post_in_year", status=422):
            story.enter(**changes)
    with refused("year_wrong", status=422):
        story.enter(year=2027)
    last = EndRecord(
        party_id=story.id, record_id=story.post, on=date(2026, 1, 1), cause=EndCause.WITHDRAWN, reason="离任"
    )
    story.command(end_refs, end_record, last)
    with refused("no_post_in_year", status=422):
        story.enter(year=2026)
    story.enter(year=2025)


@pytest.mark.parametrize(
    ("first", "until", "replaced_on", "year", "held"),
    [
        (date(2025, 6, 1), None, None, 2024, False),
        (date(2025, 6, 1), None, None, 2025, True),
        (date(2025, 6, 1), None, None, 2026, True),
        (date(2025, 12, 31), date(2025, 12, 31), None, 2025, True),
        (date(2024, 6, 1), date(2025, 1, 1), None, 2025, True),
        (date(2024, 6, 1), date(2024, 12, 31), None, 2025, False),
        (date(2024, 6, 1), None, date(2025, 1, 1), 2025, False),
        (date(2024, 6, 1), None, date(2025, 1, 2), 2025, True),
        (date(2025, 6, 1), None, date(2025, 6, 1), 2025, False),
    ],
)
def test_a_post_is_held_in_a_year_with_a_day_in_it(
    first: date, until: date | None, replaced_on: date | None, year: int, held: bool
) -> None:
    story = Appraised()
    post = story.world.get(Record, story.post)

    assert rules.held_in(replace(post, valid_from=first, valid_until=until), replaced_on, year, TODAY) is held


def test_a_party_that_is_no_community_has_no_workers_to_appraise() -> None:
    story = Appraised()

    with refused("no_community", status=422):
        story.enter(community_id=story.one.party_id)


def without_appraisals(book: Rulebook) -> dict[str, Rule]:
    return {path: rule for path, rule in book.rules.items() if path not in APPRAISAL}


def test_an_older_rulebook_of_the_county_goes_on_as_before_and_the_example_speaks_of_appraisals() -> None:
    older = Adopted(of_the_county(rules=without_appraisals(BOOK)))
    newer = Adopted(of_the_county())

    assert book_of(DIVISION["community"], APPRAISAL, older, TODAY).id == "example/community"
    assert book_of(DIVISION["community"], APPRAISAL, newer, TODAY).id == "411502/community"


def test_a_correction_is_reckoned_by_the_rulebook_it_was_entered_under() -> None:
    story = Appraised()
    story.enter()
    story.reply()
    before = story.appraisal.rulebook
    few = replace(BOOK.rules[LEAST_RATINGS], value=1)
    story.rulebook = replace(BOOK, hash="e" * 64, rules={**BOOK.rules, LEAST_RATINGS: few})
    asked: list[str] = []

    class Watching(Adopted):
        def by_hash(self, hash: str) -> Rulebook:
            asked.append(hash)
            return BOOK

    command = rules.ConfirmAppraisal(
        community_id=story.id, appraisal_id=story.appraisal.id, registrar_id=story.other.party_id
    )
    context = replace(story.context(story.other), rulebooks=Watching())
    story.world.ask(rules.settle_refs(command, uuid4()))
    rules.confirm_appraisal(story.world, command, context)

    assert asked == [before]
