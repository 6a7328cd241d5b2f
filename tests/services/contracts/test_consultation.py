"""The people served take part in the final acceptance; without a record of it the buyer does not accept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from schemas.canonical import digest_of
from schemas.clauses import Instrument
from schemas.contract import Milestone
from schemas.delivery import UsersConsulted
from schemas.role import Role
from services.contracts import rules
from services.contracts.rules import Stage
from services.kit.rulebooks import shipped
from tests.services.contracts.awarded import (
    BOOK,
    COMMUNITY,
    CONSULTED,
    FUNDER,
    PROJECT,
    PROVIDER,
    Awarded,
    accepted,
    an_award,
    signed,
)
from tests.services.contracts.reading import Read, read
from tests.support.pure import an_actor, refused

MID_TERM, FINAL = Milestone.MID_TERM, Milestone.FINAL
WINDOW = timedelta(days=BOOK.integer("contracts.acceptance_days"))
OF_2026_2 = next(book for book in shipped() if book.version == "2026.2")


def final_confirmed() -> Awarded:
    story = accepted(MID_TERM)
    story.submit(FINAL)
    story.confirm(FINAL)
    return story


def report(story: Awarded) -> Read:
    return read(story.world.get(rules.Paper, rules.report_id(PROJECT, FINAL)).body)


def test_the_final_acceptance_waits_for_the_people_served_and_names_the_law() -> None:
    story = final_confirmed()

    with refused("users_not_consulted", source="政府采购法实施条例第四十五条"):
        story.accept(FINAL)
    story.consult(FINAL)
    story.accept(FINAL)

    assert story.contract.deliveries[FINAL].stage is Stage.ACCEPTED


def test_numbers_and_a_digest_are_told_and_the_words_stay_here() -> None:
    story = final_confirmed()

    fact = story.consult(FINAL)[0]

    assert isinstance(fact, UsersConsulted)
    assert (fact.invited, fact.commented, fact.recorded_by) == (6, 2, COMMUNITY.person_id)
    words = {"comments": CONSULTED["comments"], "invitation": CONSULTED["invitation"]}
    assert fact.digest == digest_of(words)
    assert "饭菜" not in fact.model_dump_json()


def test_the_report_prints_the_invitation_the_numbers_and_the_words() -> None:
    story = final_confirmed()
    story.consult(FINAL)
    story.accept(FINAL)

    found = report(story)

    assert [row[1] for row in found.tables["consultation"]] == ["张贴通知", "6", "2", str(COMMUNITY.person_id)]
    assert found.tables["comments"] == [["1", "饭菜按时送到"], ["2", "希望多些软食"]]


def test_a_window_that_passes_is_acceptance_all_the_same_and_the_report_notes_what_is_missing() -> None:
    story = final_confirmed()

    story.ring(WINDOW)

    assert story.contract.deliveries[FINAL].deemed
    found = report(story)
    assert "没有邀请服务对象参与本次验收的记录。" in found.texts
    assert any("政府采购法实施条例第四十五条" in text and "法律条文" in text for text in found.texts)


def test_the_mid_term_asks_for_no_consultation_but_may_have_one() -> None:
    story = signed()
    story.submit(MID_TERM)
    story.consult(MID_TERM)
    story.confirm(MID_TERM)

    story.accept(MID_TERM)

    assert story.contract.consultations.keys() == {MID_TERM}


@pytest.mark.parametrize("instrument", [one for one in Instrument if one not in ("purchase", "commission")])
def test_a_grant_is_no_purchase_and_the_law_of_procurement_does_not_ask_it(instrument: Instrument) -> None:
    story = final_confirmed()
    agreement = story.contract.agreement.model_copy(update={"instrument": instrument})
    story.world.put(replace(story.contract, agreement=agreement))

    story.accept(FINAL)


def test_under_the_edition_before_the_final_acceptance_goes_on_as_it_did() -> None:
    story = Awarded()
    story.rulebook = OF_2026_2
    story.hear(an_award())
    story.endorse(PROVIDER)
    story.endorse(FUNDER)
    for milestone in Milestone:
        story.submit(milestone)
        story.confirm(milestone)
        story.accept(milestone)

    assert story.contract.deliveries[FINAL].stage is Stage.ACCEPTED


def test_only_the_community_records_it_and_not_the_person_who_submitted() -> None:
    story = final_confirmed()

    with refused("not_your_party", status=403):
        story.consult(FINAL, an_actor(Role.COMMUNITY))
    with refused("same_person_took_earlier_step"):
        story.consult(FINAL, replace(COMMUNITY, person_id=PROVIDER.person_id))


def test_it_belongs_between_submission_and_acceptance_and_a_later_record_replaces_the_first() -> None:
    story = accepted(MID_TERM)
    with refused("nothing_to_consult_on"):
        story.consult(FINAL)
    story.submit(FINAL)
    story.consult(FINAL)
    story.consult(FINAL, invited=9)
    assert story.contract.consultations[FINAL].invited == 9
    story.confirm(FINAL)
    story.accept(FINAL)
    with refused("nothing_to_consult_on"):
        story.consult(FINAL)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"invited": 1}, "more_comments_than_invited"),
        ({"commented": 1}, "more_words_than_comments"),
        ({"comments": ["我的电话 138 1234 5678"]}, "personal_data"),
        ({"comments": ["好", "320508199001011234"]}, "personal_data"),
        ({"invitation": "电话通知 13812345678"}, "personal_data"),
    ],
)
def test_figures_that_cannot_be_and_numbers_of_people_are_refused(changes: dict[str, Any], code: str) -> None:
    story = final_confirmed()

    with refused(code, status=422):
        story.consult(FINAL, **changes)
    assert story.contract.consultations == {}


def test_evidence_that_names_a_number_of_a_person_is_refused_because_it_becomes_public() -> None:
    command = rules.SubmitMilestone.model_validate(
        {
            "project_id": PROJECT,
            "milestone": "mid_term",
            "evidence": [{"digest": "e" * 64, "description": "联系 13812345678"}],
        }
    )

    with refused("personal_data", status=422) as caught:
        signed().do(rules.submit, command, PROVIDER)
    assert caught.value.field == "evidence.0.description"
