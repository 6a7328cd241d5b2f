"""Needs at departments: by the authority matrix, answered in working days, up to the street once when overdue."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from schemas.handling import STREET, Closing, HandoverReturned, NeedAnswered, NeedAssisted, NeedEscalated
from schemas.need import Route
from schemas.obligation import Duty
from schemas.workdays import is_workday
from services.needs.rules.departments import Offices, offices_id
from services.needs.rules.handling import HandlingPhase
from services.needs.rules.need import StepKind
from tests.services.needs.handled import (
    HOUSING,
    MOMENT,
    OFFICE,
    OFFICER,
    OTHER_STAFF,
    PLACE,
    SAFETY,
    STAFF,
    Handed,
    midnight,
)
from tests.support.pure import refused


def test_the_matrix_names_the_department_by_its_words_and_says_which() -> None:
    street = Handed().a_street()

    handed = street.hand_over(street.post(), assisting=("safety",))

    assert (handed.kind, handed.lead_id, handed.assisting) == ("housing", HOUSING.party_id, (SAFETY.party_id,))
    assert "“电梯”" in handed.reason
    assert (handed.workdays, handed.overseer_id) == (10, OFFICE.party_id)
    assert handed.rulebook == street.community.hash


def test_staff_name_another_department_with_a_reason_and_never_without() -> None:
    street = Handed().a_street()
    need = street.post()

    with refused("overruled_without_reason", source="权责清单", status=422):
        street.hand_over(need, lead="safety")
    assert street.hand_over(need, lead="safety", reason="先排除险情").lead_id == SAFETY.party_id


def test_who_is_not_there_or_stands_twice_is_refused_by_its_name() -> None:
    street = Handed().a_street()
    need = street.post()

    with refused("nobody_assigned", status=409):
        street.hand_over(need, lead="traffic", reason="道路")
    with refused("no_such_entry", status=422):
        street.hand_over(need, assisting=("tourism",))
    with refused("department_twice", status=422):
        street.hand_over(need, assisting=("safety", "safety"))
    with refused("department_twice", status=422):
        street.hand_over(need, assisting=("housing",))
    street.assign("traffic", HOUSING)
    with refused("department_twice", status=422):
        street.hand_over(need, assisting=("traffic",))
    with refused("matrix_silent", source="权责清单", status=422):
        street.hand_over(street.post(title="邻居不理睬", description="请帮忙。"))
    with refused("not_your_party", status=403):
        street.hand_over(need, by=OTHER_STAFF)
    with refused("personal_data", status=422):
        street.hand_over(need, lead="safety", reason="请打13812345678")


def test_only_what_goes_the_administrative_way_is_handed_over() -> None:
    street = Handed().a_street()
    need = street.post(category="culture_sports")

    with refused("need_not_administrative"):
        street.hand_over(need)
    street.route(need, Route.ADMINISTRATIVE)
    assert street.hand_over(street.now(need)).kind == "housing"


def test_the_street_is_asked_before_the_county_and_the_registrar_oversees_where_no_street_is_named() -> None:
    street = Handed()
    street.assign("housing", SAFETY, PLACE[:6])
    by_county = street.hand_over(street.post())
    street.assign("housing", HOUSING, PLACE)
    by_street = street.hand_over(street.post())

    assert (by_county.lead_id, by_street.lead_id) == (SAFETY.party_id, HOUSING.party_id)
    assert by_county.overseer_id == street.world.get(Offices, offices_id(PLACE)).registrar_id


def test_a_registrar_assigns_offices_of_its_own_area_and_of_the_matrix() -> None:
    street = Handed()

    with refused("no_such_entry", source="权责清单", status=422):
        street.assign("tourism")
    with refused("no_department_of_it", status=422):
        street.assign("housing", STAFF)
    with refused("no_department_of_it", status=422):
        street.assign("housing", OFFICER)
    street.assign(STREET, OFFICER)
    with refused("offices_elsewhere", status=422):
        street.assign("housing", HOUSING, "320507001")
    with refused("offices_elsewhere", status=422):
        street.assign("housing", HOUSING, PLACE + "001")
    with refused("not_your_party", status=403):
        street.assign("housing", HOUSING, by=OTHER_STAFF)
    street.assign(STREET, OFFICE)


def test_a_wrong_department_gives_back_naming_the_right_one_and_the_need_goes_there() -> None:
    street = Handed().a_street()
    need = street.handed()

    with refused("not_your_party", status=403):
        street.give_back(need, by=SAFETY)
    (returned,) = street.give_back(need, right="safety")
    assert isinstance(returned, HandoverReturned)
    assert "平安和应急" in returned.reason
    assert street.handling(need).owed() == ()
    again = street.hand_over(street.now(need), lead="safety", reason="按退回意见")
    assert again.lead_id == SAFETY.party_id
    with refused("need_at_department"):
        street.hand_over(street.now(need))


def test_who_accepted_answers_and_gives_nothing_back() -> None:
    street = Handed().a_street()
    need = street.handed()

    with refused("handling_elsewhere"):
        street.answer(need)
    street.accept(need)
    with refused("handling_elsewhere"):
        street.give_back(need)
    with refused("not_your_party", status=403):
        street.answer(need, by=SAFETY)
    (answered,) = street.answer(need)
    assert isinstance(answered, NeedAnswered)
    assert not answered.late


def test_an_assisting_department_gives_its_opinion_and_does_not_answer_for_the_other() -> None:
    street = Handed().a_street()
    need = street.post()
    street.hand_over(need, assisting=("safety",))

    (said,) = street.answer(need, by=SAFETY, text="建议先停梯")

    assert isinstance(said, NeedAssisted)
    assert street.handling(need).phase is HandlingPhase.HANDED_OVER


def test_the_community_closes_and_opens_again_once_with_a_fresh_period() -> None:
    street = Handed().a_street()
    need = street.answered()

    with refused("not_your_party", status=403):
        street.close(need, by=HOUSING)
    street.close(need, Closing.NOT_SOLVED, text="居民说仍在困人")
    closed = street.now(need)
    assert (closed.at_department, closed.closed_on) == (None, date(2026, 3, 2))
    street.at += timedelta(days=30)
    street.reopen(need)
    fresh = street.handling(need)
    assert (fresh.phase, fresh.until) == (HandlingPhase.ACCEPTED, midnight(date(2026, 4, 17)))
    street.answer(need)
    street.close(need)
    with refused("reopened_before"):
        street.reopen(need)


PERIODS = [
    pytest.param(date(2026, 2, 10), date(2026, 3, 2), date(2026, 3, 3), id="across the Spring Festival"),
    pytest.param(date(2026, 9, 14), date(2026, 9, 28), date(2026, 9, 29), id="across Mid-Autumn and a make-up Sunday"),
    pytest.param(date(2026, 9, 16), date(2026, 9, 30), date(2026, 10, 8), id="the deadline before the National Day"),
    pytest.param(date(2026, 9, 25), date(2026, 10, 15), date(2026, 10, 16), id="handed over on a holiday"),
    pytest.param(date(2026, 9, 18), date(2026, 10, 9), date(2026, 10, 10), id="up on a make-up Saturday"),
]


@pytest.mark.parametrize(("day", "last", "next_day"), PERIODS)
def test_an_overdue_need_goes_up_once_on_the_first_working_day_after_the_deadline(
    day: date, last: date, next_day: date
) -> None:
    street = Handed(day).a_street()
    need = street.handed()
    handling = street.handling(need)

    worked = sum(is_workday(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))
    assert worked == 10
    assert handling.until == midnight(last + timedelta(days=1))
    assert handling.escalates_on == next_day
    assert is_workday(next_day)
    assert not any(is_workday(last + timedelta(days=n)) for n in range(1, (next_day - last).days))
    assert street.rings(need, midnight(next_day) - MOMENT) == []
    (escalated,) = street.rings(need, midnight(next_day))
    assert isinstance(escalated, NeedEscalated)
    assert (escalated.overseer_id, escalated.on) == (OFFICE.party_id, next_day)
    for later in range(20):
        assert street.rings(need, midnight(next_day) + timedelta(days=later)) == []
    assert street.handling(need).due() == {}


def test_what_was_answered_in_time_never_goes_up_and_late_is_said_to_be_late() -> None:
    street = Handed().a_street()
    need = street.answered()
    assert street.handling(need).due() == {}
    assert street.rings(need, midnight(date(2026, 12, 31))) == []
    slow = street.handed()
    street.accept(slow)
    street.rings(slow, midnight(street.handling(slow).escalates_on))

    (answered,) = street.answer(slow)

    assert isinstance(answered, NeedAnswered)
    assert answered.late
    assert street.handling(slow).owed() == ()


def test_the_department_owes_the_answer_and_once_it_is_overdue_the_street_sees_to_it() -> None:
    street = Handed().a_street()
    need = street.handed()
    (owed,) = street.handling(need).owed()
    assert (owed.duty, owed.party_id, owed.project_id) == (Duty.ANSWER_NEED, HOUSING.party_id, None)
    assert (owed.subject, owed.path) == (need.tracking_number, f"/v1/needs/{need.tracking_number}")

    street.rings(need, midnight(street.handling(need).escalates_on))

    chased = street.handling(need).owed()[1]
    assert (chased.duty, chased.party_id) == (Duty.CHASE_NEED, OFFICE.party_id)
    assert chased.until > street.at


def test_every_step_is_kept_with_its_day_and_its_office() -> None:
    street = Handed().a_street()
    need = street.answered()
    street.close(need)

    steps = street.now(need).steps

    assert [step.what for step in steps] == [
        StepKind.POSTED,
        StepKind.ROUTED,
        StepKind.HANDED_OVER,
        StepKind.ACCEPTED,
        StepKind.ANSWERED,
        StepKind.CLOSED,
    ]
    assert {step.on for step in steps} == {date(2026, 3, 2)}
    assert [step.by for step in steps][2:] == [HOUSING.party_id] * 3 + [STAFF.party_id]


def test_an_area_without_a_matrix_hands_nothing_over_by_the_example() -> None:
    street = Handed().a_street()
    need = street.post()
    rules = {path: rule for path, rule in street.community.rules.items() if not path.startswith("window.")}
    street.rulebook = replace(street.community, rules=rules)

    with refused("no_matrix"):
        street.hand_over(need)
    rules["window.matrix"] = street.community.rules["window.matrix"]
    street.rulebook = replace(street.community, rules=rules)
    with refused("no_matrix"):
        street.hand_over(need)
