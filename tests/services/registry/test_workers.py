"""A certificate is registered again: by two registrars, with its hours, for its years, and taken back as a mistake."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.model import Model
from schemas.organization import EndCause
from schemas.party import Certificate, CertificateLevel
from schemas.role import Actor
from schemas.standing import Party
from schemas.worker import CertificateRenewalEnded, CertificateRenewed
from services.kit.rulebooks import shipped
from services.registry.rules.record import Record, RecordEntered
from services.registry.rules.worker import EDUCATION_HOURS, RenewCertificate, renew_certificate, renew_refs
from tests.services.registry.records import DAY, PAPER, Filed
from tests.services.registry.stories import LICENSED, ONE, OTHER
from tests.support.pure import refused

UNTIL = date(2029, 1, 5)
"""three years after `DAY`; the story's today is 2026-03-02"""


class Renewed(Filed):
    """A registry with a social worker, registered until 2027-01-01."""

    def __init__(self, level: CertificateLevel = LICENSED.level) -> None:
        super().__init__()
        given = Certificate(level=level, registered_until=LICENSED.registered_until)
        self.worker = self.verify(self.register("social_worker", certificate=given))

    def say(self, party: Party | None = None, by: Actor = ONE, **changes: Any) -> list[Model]:
        fields: dict[str, Any] = {"party_id": (party or self.worker).id, "level": "social_worker"}
        fields |= {"registered_until": UNTIL, "education_hours": 90, "valid_from": DAY}
        fields |= {"ground": "示例登记 2026 年第 7 号", "document": PAPER}
        return self.command(renew_refs, renew_certificate, RenewCertificate(**fields | changes), by)

    def renew(self, **changes: Any) -> Record:
        [note] = self.say(**changes)
        assert isinstance(note, RecordEntered)
        return self.world.get(Record, note.record_id)

    @property
    def certificate(self) -> Certificate | None:
        return self.world.get(Party, self.worker.id).certificate


def test_a_renewal_holds_once_another_registrar_confirms_it() -> None:
    story = Renewed()
    renewal = story.renew()

    assert (renewal.waits, story.certificate) == (True, LICENSED)
    with refused("own_record", status=403):
        story.confirm(renewal, by=ONE)
    with refused("record_waits"):
        story.renew()
    _, told = story.confirm(renewal, by=OTHER)
    assert isinstance(told, CertificateRenewed)
    assert (told.entered_by, told.confirmed_by, told.document) == (ONE.person_id, OTHER.person_id, PAPER)
    assert "education" not in told.model_dump_json()
    assert story.certificate == Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=UNTIL)


def test_a_renewal_that_is_turned_down_changes_nothing_and_may_be_entered_again() -> None:
    story = Renewed()
    story.reject(story.renew())

    assert story.certificate == LICENSED
    assert story.renew().number == 2


@pytest.mark.parametrize(
    ("level", "hours", "enough"),
    [("assistant", 71, False), ("assistant", 72, True), ("social_worker", 89, False), ("senior", 89, False)],
)
def test_hours_of_education_are_those_of_the_level_held_till_then(level: str, hours: int, enough: bool) -> None:
    """Who rose from assistant to social worker studied as an assistant."""
    story = Renewed(CertificateLevel(level))
    higher = "senior" if level == "senior" else "social_worker"

    if enough:
        assert story.renew(level=higher, education_hours=hours).waits
    else:
        with refused("too_little_education", source="继续教育", status=422):
            story.renew(level=higher, education_hours=hours)


def test_an_edition_that_says_nothing_of_education_asks_for_none() -> None:
    story = Renewed()
    story.rulebook = next(book for book in shipped() if book.name == "example/below-limit@2026.6")

    assert EDUCATION_HOURS not in story.rulebook.rules
    assert story.renew(education_hours=0).waits


def test_a_registration_lasts_no_longer_than_the_rulebooks_years_from_its_day() -> None:
    story = Renewed()

    with refused("certificate_too_long", source="登记", status=422):
        story.renew(registered_until=UNTIL + timedelta(days=1))
    lapsed(story)
    with refused("certificate_lapsed", status=422):
        story.renew(registered_until=date(2026, 3, 1))
    assert story.renew(registered_until=UNTIL).valid_until == UNTIL


def lapsed(story: Renewed) -> None:
    """Its registration ended in 2025."""
    old = Certificate(level=CertificateLevel.SOCIAL_WORKER, registered_until=date(2025, 1, 1))
    story.world.put(replace(story.world.get(Party, story.worker.id), certificate=old))


def test_a_registration_that_lapsed_is_renewed_too() -> None:
    story = Renewed()
    lapsed(story)
    story.confirm(story.renew())

    assert story.certificate is not None
    assert story.certificate.registered_until == UNTIL


def test_a_level_rises_and_never_falls() -> None:
    story = Renewed()
    with refused("level_lower", status=422):
        story.renew(level="assistant")
    story.confirm(story.renew(level="senior", registered_until=LICENSED.registered_until))

    assert story.certificate == Certificate(level=CertificateLevel.SENIOR, registered_until=LICENSED.registered_until)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"registered_until": LICENSED.registered_until}, "nothing_renewed"),
        ({"registered_until": date(2026, 12, 31), "level": "senior"}, "nothing_renewed"),
        ({"valid_from": date(2026, 3, 3)}, "recorded_ahead"),
        ({"ground": "电话 13800138000"}, "personal_data"),
    ],
)
def test_what_renews_nothing_or_does_not_fit_is_refused(changes: dict[str, Any], code: str) -> None:
    with refused(code, status=422):
        Renewed().renew(**changes)


def test_only_a_social_worker_has_a_certificate_to_renew() -> None:
    story = Renewed()

    with refused("no_social_worker", status=422):
        story.renew(party=story.register())


def test_a_mistaken_renewal_is_taken_back_by_two_registrars_and_gives_the_certificate_back() -> None:
    story = Renewed()
    renewal = story.renew(level="senior")
    story.confirm(renewal)
    with refused("renewal_only_mistaken", status=422):
        story.end(renewal, EndCause.WITHDRAWN)
    with refused("document_missing", status=422):
        story.end(renewal, EndCause.MISTAKEN, document=None)
    assert len(story.end(renewal, EndCause.MISTAKEN)) == 1
    assert story.certificate != LICENSED
    _, told = story.confirm(renewal)

    assert isinstance(told, CertificateRenewalEnded)
    assert (told.certificate, told.confirmed_by) == (LICENSED, OTHER.person_id)
    assert story.certificate == LICENSED


def test_only_the_last_renewal_is_taken_back() -> None:
    story = Renewed()
    first = story.renew(registered_until=date(2028, 1, 1))
    story.confirm(first)
    story.confirm(story.renew())

    with refused("renewal_not_last"):
        story.end(first, EndCause.MISTAKEN)


def test_a_renewal_entered_before_the_last_was_taken_back_is_not_confirmed_on_top_of_it() -> None:
    """It would say that the certificate stood where it never did."""
    story = Renewed()
    first = story.renew(registered_until=date(2028, 1, 1))
    story.confirm(first)
    second = story.renew()
    story.end(first, EndCause.MISTAKEN)
    story.confirm(first)

    with refused("renewal_not_last"):
        story.confirm(second)
    assert story.certificate == LICENSED
    assert story.reject(second).rejected
