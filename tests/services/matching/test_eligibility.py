"""May I bid, and what is missing: the same answer as at the bid door, for every kind of party in every standing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from schemas.days import day_of
from schemas.eligible import Check
from schemas.narrowing import BidderKind, Narrowing, TenderNarrowed
from schemas.organization import CreditList, Listing
from schemas.party import Certificate, CertificateLevel, InstitutionClass, PartyKind
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Rulebook
from schemas.standing import Party
from schemas.tender import TenderOpened
from services.kit.rulebooks import shipped
from services.matching.rules.advising import About, Record, gates, hints, of_oneself, wanted_by
from services.matching.rules.evolve import evolve
from services.matching.rules.recommending import Tender, read_terms
from services.matching.rules.venture import PaidWork
from tests.services.matching.suited import LAPSED, VALID
from tests.services.tenders.stories import DRAFTER, PROJECT, Tendered, a_draft
from tests.services.tenders.test_circle import BEFORE, open_what_was_drafted
from tests.support.pure import Story, an_actor

BOOK = shipped().named("example/below-limit")
ONLY_SOCIAL = Narrowing(kinds=(BidderKind.SOCIAL_ORGANIZATION,), basis="示例理由", source="示例条例 第十条")
PARTIES: list[tuple[PartyKind, str | None, InstitutionClass | None]] = [
    *((kind, None, None) for kind in PartyKind),
    *((PartyKind.ORGANIZATION, f"{code}320508XXXX00019A", None) for code in ("12", "52", "55", "91", "N2")),
    (PartyKind.COMMUNITY, "55320508XXXX00019A", None),
    *((PartyKind.ORGANIZATION, "12320508XXXX00019A", each) for each in InstitutionClass),
]


def said_by(refused: Refused) -> tuple[str, str | None]:
    return refused.code, None if refused.source is None else refused.source.text


@dataclass(frozen=True)
class Sides:
    """One tender, as tenders keeps it and as matching does."""

    door: Tendered
    advice: Tender

    def told(self, party: Party) -> list[Check]:
        assert self.advice.circle is not None
        assert self.advice.deadline is not None
        at = self.door.at
        return gates(party, self.advice, self.advice.circle, self.advice.deadline, at, day_of(at))

    def refuses(self, party: Party) -> tuple[str, str | None] | None:
        """Code and source at the bid door."""
        self.door.world.put(party)
        by = an_actor(Role.PROVIDER, party.id)
        try:
            self.door.seal(by)
        except Refused as refused:
            return said_by(refused)
        return None


def sides(book: Rulebook = BOOK, narrowing: Narrowing | None = None) -> Sides:
    door = Tendered()
    door.rulebook = book
    door.proposed().draft(a_draft(narrowing=narrowing))
    open_what_was_drafted(door)
    heard = [one for one in door.open() if isinstance(one, TenderOpened | TenderNarrowed)]
    advice = Story(evolve, book)
    advice.world.ask([(Tender, PROJECT)])
    for one in heard:
        decide = read_terms if isinstance(one, TenderOpened) else lambda world, fact, context: ()
        advice.do(decide, one, refs=[(PaidWork, PROJECT)])
    return Sides(door, advice.world.get(Tender, PROJECT))


def everybody(sides: Sides) -> Iterator[Party]:
    today = day_of(sides.door.at)
    certificates = [
        None,
        *(
            Certificate(level=CertificateLevel.SENIOR, registered_until=today + timedelta(days=days))
            for days in (-1, 0)
        ),
    ]
    employers = [frozenset({DRAFTER.party_id}), frozenset({uuid4()})]
    for (kind, uscc, institution), certificate, verified, suspended, employed in product(
        PARTIES, certificates, (True, False), (True, False), employers
    ):
        yield Party(
            id=uuid4(),
            kind=kind,
            name=None,
            uscc=uscc,
            division="320508001001",
            certificate=certificate,
            verified=verified,
            suspended=suspended,
            ties=employed,
            employers=employed,
            institution=institution,
        )


@pytest.mark.parametrize(("book", "narrowing"), [(BOOK, None), (BOOK, ONLY_SOCIAL), (BEFORE, None)])
def test_advice_and_door_never_differ(book: Rulebook, narrowing: Narrowing | None) -> None:
    """First of what is not met = what the door refuses under, with the same source; all met = the bid is in."""
    both = sides(book, narrowing)
    codes = set()
    for party in everybody(both):
        missing = [check.refusal for check in both.told(party) if not check.met]
        expected = said_by(missing[0]) if missing else None
        assert both.refuses(party) == expected, party
        codes.add(expected and expected[0])

    assert {None, "party_suspended", "party_not_verified", "not_a_provider", "registration_lapsed"} <= codes
    assert ("hidden_employment" in codes) is (book is BOOK and narrowing is None)
    assert ("outside_the_circle" in codes) is (narrowing is not None)


@pytest.mark.parametrize(("book", "barred"), [(BOOK, True), (BEFORE, False)])
def test_who_stands_on_a_credit_list_is_told_so_before_as_the_door_tells_it(book: Rulebook, barred: bool) -> None:
    both = sides(book)
    listing = Listing(record_id=uuid4(), list=CreditList.SERIOUS, since=day_of(both.door.at))
    provider = next(party for party in everybody(both) if both.refuses(party) is None)
    party = replace(provider, id=uuid4(), listings=(listing,))

    missing = [check.refusal for check in both.told(party) if not check.met]

    assert [said_by(no)[0] for no in missing] == (["bidder_listed"] if barred else [])
    assert both.refuses(party) == (said_by(missing[0]) if barred else None)


def test_at_the_deadline_both_say_so() -> None:
    both = sides()
    party = replace(next(everybody(both)), kind=PartyKind.ORGANIZATION, verified=True, suspended=False)
    assert both.refuses(party) is None
    assert both.door.project.closes_at is not None
    both.door.at = both.door.project.closes_at

    (missing,) = [check for check in both.told(party) if not check.met]

    assert missing.rule == "tender.deadline"
    assert both.refuses(party) == said_by(missing.refusal)


def test_everything_that_is_missing_is_named_at_once_with_what_is_required_and_what_is() -> None:
    both = sides()
    worker = replace(
        next(everybody(both)), kind=PartyKind.SOCIAL_WORKER, certificate=LAPSED, verified=False, suspended=True
    )
    story = replace(both.advice, open=False)

    found = {check.rule: check for check in Sides(both.door, story).told(worker) if not check.met}

    assert list(found) == [
        "party.suspended",
        "party.verified",
        "tender.phase",
        "party.certificate.registered_until",
        "party.employers",
    ]
    lapsed = found["party.certificate.registered_until"]
    assert (lapsed.required, lapsed.actual) == (("2026-03-02",), ("2026-03-01",))


def test_hints_stand_apart_and_never_decide() -> None:
    """Far away, without a project, a grade or a social worker: nothing speaks for it, and it may bid."""
    both = sides()
    party = replace(next(everybody(both)), verified=True, suspended=False, division="110101001", uscc=None)
    party = replace(party, kind=PartyKind.ORGANIZATION, certificate=None)

    said = hints(party, Record(), wanted_by(both.advice))

    assert all(check.met for check in both.told(party))
    assert not any(hint.speaks_for for hint in said)
    assert [hint.about for hint in said] == list(About)
    assert not {hint.about for hint in said} & {check.rule for check in both.told(party)}


def test_capacity_is_certified_workers_times_hours_less_what_running_projects_were_promised() -> None:
    both = sides()
    organization = replace(next(everybody(both)), kind=PartyKind.ORGANIZATION)
    record = Record(workers=3, certified=2, running=2, named_hours=1500, graded=2, upper=1, projects={"健康养老": 2})

    category, area, capacity, grades = hints(organization, record, wanted_by(both.advice))

    assert "2 × 2000 - 1500 = 2500" in capacity.zh
    assert (category.speaks_for, area.speaks_for, capacity.speaks_for, grades.speaks_for) == (True, True, True, False)
    full = hints(organization, replace(record, named_hours=4000), wanted_by(both.advice))[2]
    assert not full.speaks_for


def test_a_social_worker_is_the_one_worker_it_has() -> None:
    both = sides()
    worker = replace(next(everybody(both)), kind=PartyKind.SOCIAL_WORKER)
    today = day_of(both.door.at)

    assert of_oneself(replace(worker, certificate=VALID), Record(), today) == Record(workers=1, certified=1)
    assert of_oneself(replace(worker, certificate=LAPSED), Record(), today) == Record(workers=1, certified=0)


def test_a_tender_that_was_voided_before_its_deadline_is_open_no_more() -> None:
    both = sides()
    party = replace(next(everybody(both)), kind=PartyKind.ORGANIZATION, verified=True, suspended=False)

    voided = Sides(both.door, both.advice.closed())

    assert [check.refusal.code for check in voided.told(party) if not check.met] == ["wrong_phase"]
