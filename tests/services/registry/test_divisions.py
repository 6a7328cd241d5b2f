"""A community's code: in the edition, newer than it with a reason, or merged away into a successor."""

from datetime import date
from typing import Any

import pytest

from schemas import division
from schemas.edition import EDITION
from services import registry
from services.kit import reasons
from services.registry.rules.divisions import (
    RecordSuccession,
    Succession,
    record_succession,
    succession_of,
    succession_refs,
)
from services.registry.rules.registration import Registration
from tests.services.registry.party_files import a_file, csv_of
from tests.services.registry.stories import DIVISION, USCC, Registered
from tests.services.registry.test_importing import Importing
from tests.services.registry.test_through_doors import an_organization, begin
from tests.support.fixtures import Running
from tests.support.pure import NOON, refused

HERE, THERE, UNKNOWN = DIVISION["community"], "411502001002", "411502001599"
WHY = "示例设立批复 2026-01"


class Divided(Registered):
    def merge(self, code: str = HERE, successor: str = "411502001003", on: date = date(2026, 1, 1)) -> Succession:
        command = RecordSuccession(division=code, successor=successor, effective_on=on, basis="示例撤并批复")
        self.command(succession_refs, record_succession, command)
        return self.world.get(Succession, succession_of(code))


def test_a_community_that_the_edition_lacks_is_refused_and_the_edition_named() -> None:
    with refused("division_not_in_edition", status=422) as no:
        Divided().register("community", division=UNKNOWN)

    assert EDITION in reasons.explain(no.value, "zh")


def test_with_a_reason_a_newer_code_is_entered_and_the_reason_kept() -> None:
    told = Divided()

    party = told.register("community", division=UNKNOWN, newer_reason=WHY)

    assert told.world.get(Registration, party.id).newer_reason == WHY


def test_a_reason_for_a_code_that_is_listed_is_refused() -> None:
    with refused("division_in_edition"):
        Divided().register("community", newer_reason=WHY)


def test_a_reason_above_a_community_is_refused() -> None:
    with refused("newer_than_nothing"):
        Divided().register("organization", newer_reason=WHY)


@pytest.mark.parametrize("kind", ["community", "supervision_committee", "organization"])
def test_whoever_sits_in_a_community_names_one_that_is_there(kind: str) -> None:
    with refused("division_not_in_edition"):
        Divided().register(kind, division=UNKNOWN)


def test_a_community_that_was_merged_away_is_refused_and_its_successor_named() -> None:
    told = Divided()
    told.merge()

    with refused("division_merged") as no:
        told.register("community")

    assert "411502001003" in reasons.explain(no.value, "en")
    assert "2026-01-01" in reasons.explain(no.value, "zh")


def test_until_its_day_the_old_code_is_good() -> None:
    told = Divided()
    told.merge(on=date(NOON.year + 1, 1, 1))

    assert told.register("community").division == HERE


def test_a_later_record_replaces_the_first() -> None:
    told = Divided()
    told.merge()

    assert told.merge(successor=THERE).successor == THERE


def test_a_succession_to_itself_or_to_one_that_is_gone_is_refused() -> None:
    told = Divided()
    told.merge(HERE, "411502001003")

    with refused("succession_of_itself"):
        told.merge(THERE, THERE)
    with refused("successor_merged"):
        told.merge(THERE, HERE)
    with refused("division_wrong"):
        told.merge(THERE, "999999999999")


def test_a_file_with_a_merged_community_is_wrong_in_that_line_and_a_newer_one_needs_its_column() -> None:
    registry = Importing()
    command = RecordSuccession(division=HERE, successor=THERE, effective_on=date(2026, 1, 1), basis="示例")
    registry.command(succession_refs, record_succession, command)
    rows = [["社区", "示例社区", USCC["community"], HERE], ["居务监督委员会", "示例", "", UNKNOWN, "", "", WHY]]

    merged, newer = registry.preview(*rows)

    assert [problem.refusal.code for problem in merged.problems] == ["division_merged"]
    assert newer.problems == ()
    assert a_file(csv_of(rows)).lines[1].command is not None


async def test_what_became_of_a_code_is_public(running: Running) -> None:
    async with running(registry.SERVICE) as system:
        one, _, operator, _ = await begin(system, HERE[:6])
        path, body = f"/v1/divisions/{HERE}", {"successor": THERE, "effective_on": "2026-01-01", "basis": "示例批复"}

        strange = await system.post(f"{path}/succession", body, operator)
        recorded = await system.post(f"{path}/succession", body, one)
        shown = (await system.get(path)).json
        above = (await system.get(f"/v1/divisions/{HERE[:9]}")).json
        nothing = await system.get("/v1/divisions/999999")
        gone: Any = await system.post("/v1/parties", an_organization(division=HERE), one)

        assert (strange.status, recorded.status) == (403, 201)
        assert (shown["listed"], shown["edition"], shown["succession"]["successor"]) == (True, EDITION, THERE)
        assert shown["name"] == division.full_name_of(HERE)
        assert (above["listed"], above["succession"]) == (None, None)
        assert (nothing.status, nothing.json["title"]) == (404, "not_found")
        assert (gone.status, gone.json["title"]) == (422, "division_merged")
