"""`sanshe import pabulib`: read whole or not at all, repeated without harm, counted as published."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from deploy import keys
from deploy.cli import app
from deploy.demo import election
from deploy.demo.elections import load
from deploy.demo.story import choosing
from deploy.importing import Import, NotAFunder, bring_in, content_of, differs, must_fund
from deploy.keys import new_ring
from schemas.ids import PartyId
from schemas.pabulib import NotPabulib, parse
from schemas.role import Role
from services.needs.api.ballots import OutcomeAnswer
from services.needs.tally import tally
from services.needs.tally.published import election_of
from tests.journey.town import COMMUNITY, Town, a_town, players

Towns = AsyncIterator[Town]
GDYNIA = "Poland_Gdynia_2023_Cisowa__small"
SMALL = """\ufeffMETA
key;value
budget;{budget}
vote_type;{kind}
rule;greedy
num_projects;3
num_votes;3
min_length;1
max_length;3
{more}
PROJECTS
project_id;cost;name;selected
a;60,50;"Park; zielony";1

b;50;Boisko;0
c;39.5;Biblioteka;1
VOTES
voter_id;vote{columns}
1;{one}
2;{two}
3;{three}
"""


def small(kind: str, *votes: str, more: str = "", columns: str = "") -> str:
    """Three projects, three voters; with what such files have: a byte order mark, blank lines, decimal commas."""
    one, two, three = votes
    return SMALL.format(budget="100,00", kind=kind, more=more, columns=columns, one=one, two=two, three=three)


KINDS = {
    "approval": small("approval", "a", "a,b,c", "a,c"),
    "ordinal": small("ordinal", "a,b,c", "a,c,b", "c,a,b"),
    "cumulative": small("cumulative", "a,b;7,3", "a;9", "c,a;6,4", more="max_sum_points;10", columns=";points"),
    "scoring": small("scoring", "a,b;5,1", "a,c;4,5", "c,a;5,5", more="max_points;5", columns=";points"),
}


@pytest.fixture(scope="module")
async def town(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    async with a_town(postgres_dsn, kafka_bootstrap, tmp_path_factory.mktemp("town")) as one:
        yield one


async def an_import(town: Town, text: str, *, days: int = 7) -> Import:
    funder = (await town.buyer()).drafter.party_id
    return Import(
        name="example",
        published=parse(text),
        division=COMMUNITY,
        category="charity",
        funder_id=funder,
        days=days,
        content=content_of(text, str(funder)),
    )


class BrokenOff(Exception):
    pass


async def test_an_import_that_broke_off_goes_on_where_it_stopped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(election, "VOTES_PER_REQUEST", 300)
    one = await an_import(town, load(GDYNIA))
    taken: list[int] = []

    def break_off(votes: int) -> None:
        raise BrokenOff

    for _ in range(2):
        with pytest.raises(BrokenOff):
            await bring_in(town.api, await town.clerks(), one, break_off)
    first = await bring_in(town.api, await town.clerks(), one, taken.append)
    again = await bring_in(town.api, await town.clerks(), one, taken.append)
    await town.until(first.ballot.closes_at)
    counted = await choosing.counted(town.api, first.ballot.id)

    assert taken == [300, 300, 186] * 2
    assert (again.needs, again.ballot.id) == (first.needs, first.ballot.id)
    assert counted.result is not None
    assert counted.result.votes == 786
    after = await bring_in(town.api, await town.clerks(), one, taken.append)  # once more, when it is closed
    assert differs(one, after) == ([], [])


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_vote_is_counted_as_the_file_is(town: Town, kind: str) -> None:
    one = await an_import(town, KINDS[kind])
    imported = await bring_in(town.api, await town.clerks(), one, lambda taken: None)
    await town.until(imported.ballot.closes_at)
    result = (await choosing.counted(town.api, imported.ballot.id)).result

    here = election_of(one.published)
    assert result is not None
    path = f"/v1/ballots/{imported.ballot.id}/outcome"
    whole = await town.api.get(path, OutcomeAnswer, town.auditor)
    assert [item.points for item in whole.items] == here.scores()
    assert [item.points for item in result.counted] == [None] * len(whole.items), "so few voted"
    assert election.chosen(one.published, imported.needs, result.chosen) == set(tally(here, "greedy").chosen)
    assert [item.cost.fen for item in imported.ballot.items] == [60_50, 50_00, 39_50]


async def test_the_command_imports_a_file_and_compares_it_with_what_was_published(town: Town, tmp_path: Path) -> None:
    file = tmp_path / f"{GDYNIA}.pb"
    file.write_text(load(GDYNIA), "utf-8")
    of = await players(town)
    command = ("import", "pabulib", str(file), "--at", town.api.url, "--keys", str(town.keys), "--advance", "--funder")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from deploy.cli import main; main()", *command, str(of.buyer.drafter.party_id)),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()

    assert process.returncode == 0
    assert "equal to what was published" in printed.decode()


async def test_without_a_funder_nothing_is_imported(town: Town) -> None:
    of = await players(town)

    await must_fund(town.api, of.buyer.drafter.party_id)
    with pytest.raises(NotAFunder):
        await must_fund(town.api, of.community.party_id)


def imported(tmp_path: Path, *texts: str) -> tuple[int, str]:
    """The command with an installation that cannot be reached: nothing is asked of it before the files are right."""
    ring = new_ring([(name, role, name, name, PartyId(uuid4())) for name, role in FOUNDERS])
    keys.write(tmp_path, ring)
    files = [tmp_path / f"{number}.pb" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, "utf-8")
    options = ("--at", "http://127.0.0.1:1", "--keys", str(tmp_path / keys.NAME), "--funder", str(uuid4()))
    result = CliRunner().invoke(app, ["import", "pabulib", *map(str, files), *options])
    return result.exit_code, result.output


FOUNDERS = (("registrar-1", Role.REGISTRAR), ("registrar-2", Role.REGISTRAR), ("operator", Role.OPERATOR))


def test_a_bad_line_is_told_by_its_number_and_nothing_is_sent_of_any_file(tmp_path: Path) -> None:
    good, bad = KINDS["approval"], KINDS["approval"].replace("2;a,b,c", "2;a,b,x")

    status, printed = imported(tmp_path, good, bad)

    line = bad.splitlines().index("2;a,b,x") + 1
    assert status == 1
    assert f"line {line}: " in printed
    assert "127.0.0.1" not in printed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (KINDS["approval"].replace("rule;greedy", "rule;unknown"), "its rule 'unknown'"),
        (KINDS["ordinal"].replace("max_length;3", "max_length;4"), "ordinal points would differ"),
        (KINDS["cumulative"].replace("max_sum_points;10", "max_points;10"), "how many points"),
        (KINDS["scoring"].replace("5,1", "5,-1"), "below zero"),
        (KINDS["approval"].replace("100,00", "100,001"), "finer than a fen"),
        (KINDS["approval"].replace("Boisko", "Boisko 13812345678"), "personal data"),
    ],
)
def test_what_cannot_be_held_here_is_refused_before_anything_is_sent(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(NotPabulib, match=why):
        election.must_fit(parse(text))

    status, printed = imported(tmp_path, text)

    assert status == 1
    assert why in printed


def test_other_choices_are_another_import() -> None:
    assert content_of("text", "a") == content_of("text", "a") != content_of("text", "b")
