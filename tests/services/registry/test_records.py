"""Records of an organization: dated, entered by one, and where they help or harm confirmed by another."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schemas import uscc
from schemas.organization import (
    CreditList,
    EndCause,
    EvaluationGrade,
    GradeRecord,
    OrganizationRecorded,
    OrganizationRecordEnded,
    PartyDelisted,
    PartyListed,
)
from schemas.standing import Party
from services.registry.rules.record import MOST_ENDINGS, MOST_SUBJECTS, Dossier, Record
from tests.services.registry.records import (
    ABNORMAL,
    ADVISED,
    CHARTER,
    DAY,
    GRADE,
    MEALS,
    PAPER,
    SERIOUS,
    STAFF,
    Filed,
)
from tests.services.registry.stories import ONE, OTHER
from tests.support.pure import refused

LATER = datetime(2028, 1, 5, 4, 0, tzinfo=UTC)
"""two years after `DAY`"""


def begun() -> tuple[Filed, Party]:
    story = Filed()
    return story, story.verify(story.register())


def now(story: Filed, record: Record) -> Record:
    return story.world.get(Record, record.id)


@pytest.mark.parametrize("content", [MEALS, STAFF, ADVISED, CHARTER])
def test_what_neither_helps_nor_harms_is_recorded_at_once(content: dict[str, Any]) -> None:
    story, party = begun()

    record = story.enter(party, content)

    assert (record.recorded_on, record.valid_from, record.entered.by) == (date(2026, 3, 2), DAY, ONE.person_id)
    assert not record.waits
    with refused("nothing_waits"):
        story.confirm(record)


@pytest.mark.parametrize("content", [GRADE, SERIOUS])
def test_a_grade_and_a_credit_list_wait_for_another_registrar(content: dict[str, Any]) -> None:
    story, party = begun()
    record = story.enter(party, content)

    assert (record.waits, record.recorded_on) == (True, None)
    assert story.world.get(Party, party.id).listings == ()
    with refused("own_record", source="不相容岗位", status=403):
        story.confirm(record, by=ONE)
    with refused("record_waits"):
        story.enter(party, content)
    _, told = story.confirm(record)
    assert isinstance(told, OrganizationRecorded | PartyListed)
    assert (told.entered_by, told.confirmed_by) == (ONE.person_id, OTHER.person_id)
    assert now(story, record).recorded_on == date(2026, 3, 2)
    with refused("nothing_waits"):
        story.confirm(record)


def test_a_grade_is_valid_for_the_years_of_the_rulebook_and_no_longer() -> None:
    story, party = begun()
    record = story.enter(party, GRADE)

    assert record.content == GradeRecord(kind="grade", grade=EvaluationGrade.A4)
    assert record.valid_until == date(2031, 1, 4)
    story.confirm(record)
    assert story.enter(party, GRADE, valid_until=date(2028, 1, 1)).valid_until == date(2028, 1, 1)


def test_a_grade_longer_than_that_is_refused_with_its_source() -> None:
    story, party = begun()

    with refused("grade_too_long", source="民发〔2021〕96号", status=422):
        story.enter(party, GRADE, valid_until=date(2031, 1, 5))
    with refused("ends_before_it_begins", status=422):
        story.enter(party, STAFF, valid_until=DAY - timedelta(days=1))


def test_only_registered_social_organizations_are_graded() -> None:
    story = Filed()
    enterprise = story.register(uscc=uscc.make("91", "320508", "00012345"))

    with refused("not_evaluated", status=422):
        story.enter(enterprise, GRADE)
    with refused("no_organization", status=422):
        story.enter(story.register("community"), STAFF)


def test_what_a_record_lacks_or_claims_too_much_is_named() -> None:
    story, party = begun()

    with refused("document_missing", status=422):
        story.enter(party, SERIOUS, document=None)
    with refused("document_missing", status=422):
        story.enter(party, CHARTER, document=None)
    with refused("recorded_ahead", status=422):
        story.enter(party, STAFF, valid_from=date(2026, 3, 3))
    with refused("list_has_no_end", status=422):
        story.enter(party, SERIOUS, valid_until=date(2028, 1, 1))
    with refused("no_such_category", source="信民函〔2020〕41号", status=422):
        story.enter(party, {"kind": "capability", "category": "space_travel"})
    with refused("report_year", status=422):
        story.enter(party, {"kind": "document", "type": "annual_report"})
    with refused("report_year", status=422):
        story.enter(party, CHARTER | {"year": 2025})
    with refused("personal_data", status=422):
        story.enter(party, STAFF, ground="联系人 13812345678")
    with refused("personal_data", status=422):
        story.enter(party, ADVISED | {"name": "联系 13812345678"})


def test_who_is_listed_stands_on_it_everywhere_until_it_is_taken_off() -> None:
    story, party = begun()
    record = story.listed(party)

    [listing] = story.world.get(Party, party.id).listings
    assert (listing.list, listing.since, listing.record_id) == (CreditList.SERIOUS, DAY, record.id)
    assert record.removable_from == date(2028, 1, 5)
    with refused("already_listed"):
        story.enter(party, SERIOUS)
    story.at = LATER
    story.end(record)
    assert story.world.get(Party, party.id).listings == (listing,)
    with refused("own_record", status=403):
        story.confirm(record, by=ONE)
    _, told = story.confirm(record)
    assert isinstance(told, PartyDelisted)
    assert (told.cause, told.on, told.confirmed_by) == (EndCause.EXPIRED, date(2028, 1, 5), OTHER.person_id)
    assert story.world.get(Party, party.id).listings == ()
    with refused("record_is_over"):
        story.end(record)
    assert story.listed(party).removable_from is not None


@pytest.mark.parametrize("cause", [EndCause.EXPIRED, EndCause.REMEDIED])
def test_coming_off_the_serious_list_too_early_is_refused_with_source_and_date(cause: EndCause) -> None:
    story, party = begun()
    record = story.listed(party)
    story.at = LATER - timedelta(days=1)

    with refused("removed_too_early", source="民政部令第60号") as caught:
        story.end(record, cause)

    assert caught.value.details["day"] == date(2028, 1, 5)


def test_what_was_remedied_comes_off_the_abnormal_list_at_once_and_by_itself_after_six_months() -> None:
    story, party = begun()
    record = story.listed(party, ABNORMAL)

    assert record.removable_from == date(2026, 7, 5)
    with refused("removed_too_early"):
        story.end(record, EndCause.EXPIRED)
    with refused("list_is_not_withdrawn", status=422):
        story.end(record, EndCause.WITHDRAWN)
    story.end(record, EndCause.REMEDIED)
    story.confirm(record)
    assert story.world.get(Party, party.id).listings == ()


def test_a_mistaken_entry_comes_off_at_any_time_by_two_people() -> None:
    story, party = begun()
    record = story.listed(party)

    with refused("document_missing", status=422):
        story.end(record, EndCause.MISTAKEN, document=None)
    story.end(record, EndCause.MISTAKEN, on=DAY)
    _, told = story.confirm(record)

    assert isinstance(told, PartyDelisted)
    assert story.world.get(Party, party.id).listings == ()


def test_two_lists_are_two_records() -> None:
    story, party = begun()
    story.listed(party)
    abnormal = story.listed(party, ABNORMAL)
    story.end(abnormal, EndCause.REMEDIED)
    story.confirm(abnormal)

    assert [one.list for one in story.world.get(Party, party.id).listings] == [CreditList.SERIOUS]


def test_what_the_other_turns_down_was_never_on_record_and_is_kept() -> None:
    story, party = begun()
    record = story.reject(story.enter(party, SERIOUS))

    assert (record.waits, record.rejected, record.recorded_on) == (False, True, None)
    with refused("record_is_over"):
        story.end(record)
    with refused("nothing_waits"):
        story.confirm(record)
    assert story.enter(party, SERIOUS).number == record.number + 1


def test_an_ending_that_is_turned_down_leaves_the_record_as_it_stood() -> None:
    story, party = begun()
    record = story.listed(party)
    story.end(record, EndCause.MISTAKEN)
    with refused("record_waits"):
        story.end(record, EndCause.MISTAKEN)

    kept = story.reject(record)

    assert (kept.ending, kept.waits, kept.rejected, len(kept.rejections)) == (None, False, False, 1)
    assert len(story.world.get(Party, party.id).listings) == 1


def test_endings_that_are_turned_down_again_and_again_have_a_limit() -> None:
    story, party = begun()
    record = story.listed(party)
    for _ in range(MOST_ENDINGS):
        story.end(record, EndCause.MISTAKEN)
        story.reject(record)

    with refused("too_many_endings"):
        story.end(record, EndCause.MISTAKEN)


def test_a_plain_record_ends_by_one_person_within_its_time() -> None:
    story, party = begun()
    record = story.enter(party, MEALS)

    for day in (DAY - timedelta(days=1), date(2026, 3, 3)):
        with refused("ends_on_another_day", status=422):
            story.end(record, EndCause.WITHDRAWN, on=day)
    _, told = story.end(record, EndCause.WITHDRAWN, document=None)

    assert isinstance(told, OrganizationRecordEnded)
    assert (told.on, told.confirmed_by) == (date(2026, 3, 2), None)


def test_a_record_is_found_under_its_own_organization_only() -> None:
    story, party = begun()
    other = story.register(uscc=uscc.make("52", "320508", "00012345"))
    record = story.enter(party, MEALS)

    with refused("not_found", status=404):
        story.end(record, EndCause.WITHDRAWN, party_id=other.id)


def test_how_it_stood_is_on_record_too_and_is_no_record_to_end() -> None:
    story, party = begun()
    story.suspend(party)
    story.verify(party)

    standing = [one for one in story.world.each(Record) if one.subject == "standing"]
    said = [one.content.standing for one in sorted(standing, key=lambda one: one.number)]  # type: ignore[union-attr]
    assert said == ["verified", "suspended", "verified"]
    with refused("record_is_over"):
        story.end(standing[0])


def test_the_subjects_of_one_organization_have_a_limit() -> None:
    story, party = begun()
    for year in range(2000, 2000 + MOST_SUBJECTS - 1):
        story.world.put(_with_subject(story.world.get(Dossier, party.id), f"directory/{year}"))

    with refused("too_many_records"):
        story.enter(party, MEALS)


def _with_subject(dossier: Dossier, subject: str) -> Dossier:
    return Dossier(id=dossier.id, records=dossier.records, subjects=dossier.subjects | {subject})


def test_the_digest_of_what_was_shown_stands_with_it() -> None:
    story, party = begun()

    assert story.enter(party, CHARTER).document == PAPER
