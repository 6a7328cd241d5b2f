"""Advice over HTTP: one's own, explained, in bounded pages; and each fact heard touches its own rows only."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from schemas.clarification import TenderAmended
from schemas.delivery import VisitsVoided, VoidReason
from schemas.fact import Fact
from schemas.ids import ContractId, PartyId, ProjectId, project_of_application
from schemas.narrowing import BidderKind, Narrowing, TenderNarrowed
from schemas.party import PartyKind, PartySuspended, TieDeclared, TieKind
from schemas.role import Role
from schemas.tender import TenderClosed, TenderVoided
from schemas.termination import ContractLapsed
from services import matching
from tests.services.matching.suited import (
    LAPSED,
    VALID,
    an_application,
    drafted,
    graded,
    opened,
    published,
    signed,
    visits,
)
from tests.services.tenders.market import a_market
from tests.services.tenders.stories import some_terms
from tests.support.fixtures import Running
from tests.support.system import BEGINNING, DIVISION, Person, System

TABLES = ("tenders", "works", "engagements", "visit_batches", "named_hours", "rankings", "candidates", "parties")
SOMEWHERE = "110101001001"


async def tell(system: System, source: str, *facts: Fact) -> None:
    for fact in facts:
        line = await system.teller.tell(fact, source)
    await system.seen(line)


async def versions(system: System) -> dict[tuple[str, UUID], int]:
    rows = await system.fetch(
        " UNION ALL ".join(f"SELECT '{table}' AS t, id, version FROM matching.{table}" for table in TABLES)
    )
    return {(row["t"], row["id"]): row["version"] for row in rows}


async def touched(system: System, source: str, fact: Fact) -> dict[str, int]:
    """How many rows of which table a fact changed or made."""
    before = await versions(system)
    await tell(system, source, fact)
    after = await versions(system)
    return dict(Counter(table for (table, id), version in after.items() if before.get((table, id)) != version))


async def test_a_fact_touches_its_own_rows_and_no_others(running: Running) -> None:
    """Beside a tender, an agreement, a batch and a provider there are five others of each."""
    async with running(matching.SERVICE, virtual=True) as system:
        providers = [await system.person(PartyKind.ORGANIZATION, Role.PROVIDER) for _ in range(6)]
        projects = [uuid4() for _ in providers]
        for project, provider in zip(projects, providers, strict=True):
            agreed = drafted(project, provider.party_id)
            await tell(system, "tenders", opened(project))
            await tell(system, "contracts", agreed, signed(agreed), visits(project, 60))
        new, project = uuid4(), ProjectId(projects[0])
        contract = ContractId(uuid4())
        batch = visits(project, 90, uuid4())
        amended = _amended(project)
        narrowed = TenderNarrowed(
            project_id=project,
            narrowing=Narrowing(kinds=(BidderKind.INDIVIDUAL,), basis="示例", source="示例条例 第十条"),
        )
        voided = VisitsVoided(
            project_id=project,
            batch_id=batch.batch_id,
            milestone=batch.milestone,
            visits=1,
            minutes=90,
            reason=VoidReason.MISTAKEN,
            voided_by=providers[0].party_id,
        )
        lapsed = ContractLapsed(project_id=ProjectId(projects[1]), contract_id=contract, was_signed=True)
        suspended = PartySuspended(party_id=providers[2].party_id, reason="示例")
        agreed = drafted(new, providers[0].party_id)
        expected: list[tuple[str, Fact, dict[str, int]]] = [
            ("tenders", opened(new), {"tenders": 1, "works": 1}),
            ("tenders", amended, {"tenders": 1, "works": 1}),
            ("tenders", narrowed, {"tenders": 1}),
            ("contracts", agreed, {"engagements": 1}),
            ("contracts", signed(agreed), {"engagements": 1}),
            ("contracts", batch, {"visit_batches": 1}),
            ("contracts", voided, {"visit_batches": 1}),
            ("contracts", lapsed, {"engagements": 1}),
            ("evaluation", graded(project), {"engagements": 1}),
            ("registry", suspended, {"parties": 1}),
            ("tenders", TenderClosed(project_id=project, bids=3), {"tenders": 1}),
            (
                "tenders",
                TenderVoided(project_id=ProjectId(projects[3]), code="x", source="s"),
                {"tenders": 1, "works": 1},
            ),
        ]

        found = [(fact.type, await touched(system, source, fact)) for source, fact, _ in expected]

        assert found == [(fact.type, rows) for _, fact, rows in expected]
        (text,) = await system.fetch("SELECT state ->> 'text' AS text FROM matching.works WHERE id = $1", project)
        assert text["text"] == "十一点半以前送到"
        (known,) = await system.fetch(
            "SELECT (state ->> 'closes_at')::timestamptz AS closes_at FROM matching.tenders WHERE id = $1", project
        )
        assert known["closes_at"] == amended.closes_at


def _amended(project_id: ProjectId) -> TenderAmended:
    return TenderAmended(
        project_id=project_id,
        number=1,
        reason="写明送达时间",
        terms=some_terms().model_copy(update={"requirements": "十一点半以前送到"}),
        closes_at=BEGINNING + timedelta(days=9),
        closed_at_before=BEGINNING + timedelta(days=7),
        holidays_known=True,
        amended_at=BEGINNING,
        drafted_by=PartyId(uuid4()),
        approved_by=PartyId(uuid4()),
    )


async def test_before_a_bid_its_maker_reads_what_the_door_will_say(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        system = market.system
        organization = await market.bidder()
        lapsed = await system.person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, certificate=LAPSED)
        unverified = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER, verified=False)
        committee = await system.person(PartyKind.COMMUNITY, Role.PROVIDER)
        await system.settled()

        for person in (organization, lapsed, unverified, committee):
            told = (await market.get("/eligibility", person)).json
            door = await market.bid(person, 90_000_00)
            if told["eligible"]:
                assert (door.status, told["missing"]) == (201, [])
            else:
                assert told["missing"][0] == door.json["title"]
                no = next(line for line in told["gates"] if not line["met"])
                assert (no["zh"], no["source"]) == (door.json["detail"], door.json.get("rule", no)["source"])

        assert (await market.get("/eligibility", organization)).json["bidder_kind"] == "social_organization"
        (line,) = [one for one in told["gates"] if one["rule"] == "bidder.kinds"]
        assert (line["actual"], line["certainty"], len(line["required"])) == (["residents_committee"], "Q", 7)
        await market.close("voided")
        await system.settled()
        late = (await market.get("/eligibility", unverified)).json
        assert (late["eligible"], late["missing"][-2:]) == (False, ["bid_after_deadline", "wrong_phase"])


async def test_one_asks_about_oneself_and_the_funder_and_auditors_about_anybody(running: Running) -> None:
    async with a_market(running) as market:
        await market.open()
        mine, other = await market.bidder(), await market.bidder()
        auditor = await market.system.person(PartyKind.AUDITOR, Role.AUDITOR)
        funder = await market.system.person(PartyKind.FUNDER, Role.FUNDER)
        await market.system.settled()
        about = f"/eligibility?party={other.party_id}"

        for by, status, code in (
            (mine, 403, "not_your_party"),
            (funder, 403, "not_your_party"),
            (other, 200, None),
            (market.drafter, 200, None),
            (auditor, 200, None),
            (market.community, 403, "wrong_role"),
            (None, 401, "unauthenticated"),
        ):
            reply = await market.get(about, by)
            assert (reply.status, reply.json.get("title")) == (status, code)
        for query, status, code in (
            ("", 422, "party_not_named"),
            ("?party=x", 422, "not_a_uuid"),
            (f"?party={uuid4()}", 404, "not_found"),
        ):
            reply = await market.get(f"/eligibility{query}", auditor)
            assert (reply.status, reply.json["title"]) == (status, code)
        unknown = await market.system.get(f"/v1/projects/{uuid4()}/eligibility", mine)
        assert (unknown.status, unknown.json["title"]) == (404, "not_tendered")


async def a_track(system: System, provider: Person, *projects: tuple[UUID, str, str | None]) -> None:
    """Agreements by category, each signed and with a grade where one is told."""
    for project, category, grade in projects:
        agreed = drafted(project, provider.party_id, category=category)
        await tell(system, "contracts", agreed, signed(agreed))
        if grade is not None:
            await tell(system, "evaluation", graded(project, grade))


async def employ(system: System, provider: Person, *certificates: object) -> Sequence[Person]:
    workers = [
        await system.person(PartyKind.SOCIAL_WORKER, Role.PROVIDER, certificate=certificate)  # type: ignore[arg-type]
        for certificate in certificates
    ]
    for worker in workers:
        tie = TieDeclared(party_id=worker.party_id, tied_to=provider.party_id, kind=TieKind.EMPLOYMENT)
        await tell(system, "registry", tie)
    return workers


async def test_an_organization_is_shown_open_projects_it_may_bid_for_best_suited_first(running: Running) -> None:
    async with running(matching.SERVICE, virtual=True) as system:
        own = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        other = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        auditor = await system.person(PartyKind.AUDITOR, Role.AUDITOR)
        done, running_now = uuid4(), uuid4()
        await a_track(system, own, (done, "health_elderly", "优秀"), (running_now, "health_elderly", None))
        batch = visits(running_now, 150)
        await tell(system, "contracts", batch, visits(running_now, 30))
        await employ(system, own, VALID, LAPSED)
        alike, unlike, narrowed, far, over = (uuid4() for _ in range(5))
        await tell(system, "tenders", opened(unlike, category="culture"))
        await tell(system, "tenders", opened(alike))
        await tell(system, "tenders", opened(far, division=SOMEWHERE))
        await tell(system, "tenders", opened(over, closes_at=BEGINNING - timedelta(days=1)))
        circle = Narrowing(kinds=(BidderKind.ENTERPRISE,), basis="示例", source="示例条例 第十条")
        await tell(
            system,
            "tenders",
            opened(narrowed),
            TenderNarrowed(project_id=ProjectId(narrowed), narrowing=circle),
        )
        path = f"/v1/organizations/{own.party_id}/suggestions"

        shown = (await system.get(path, own)).json
        first = (await system.get(f"{path}?limit=1", own)).json
        second = (await system.get(f"{path}?limit=1&cursor={first['next']}", own)).json
        capacity = (await system.get(f"/v1/projects/{alike}/eligibility", own)).json["capacity"]

        assert [one["project_id"] for one in shown["projects"]] == [str(alike), str(unlike)]
        assert [one["speaking_for"] for one in shown["projects"]] == [4, 3]
        assert "neither gates nor scores" in shown["notice"]
        hints = {hint["about"]: hint["zh"] for hint in shown["projects"][0]["hints"]}
        assert hints["category"] == "同类服务(health_elderly)在办和完成的项目 2 个"
        assert "持证社工 1 名(共 2 名),在办项目 2 个" in hints["capacity"]
        assert hints["grades"] == "已评级项目 1 个,其中前两等 1 个"
        assert (first["projects"] + second["projects"], second["next"]) == (shown["projects"], None)
        assert capacity == {
            "workers": 2,
            "certified": 1,
            "running_projects": 2,
            "named_hours": 0,
            "visit_hours": 3,
        }
        assert (await system.get(path, auditor)).json == shown
        assert (await system.get(path, other)).json["title"] == "not_your_party"
        assert (await system.get(f"{path}?cursor={uuid4()}", own)).json["title"] == "list_changed"
        assert (await system.get(f"{path}?limit=201", own)).json["title"] == "limit_out_of_range"


async def test_a_community_is_shown_organizations_of_its_county_with_reasons(running: Running) -> None:
    async with running(matching.SERVICE, virtual=True) as system:
        community = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        other = await system.person(PartyKind.COMMUNITY, Role.COMMUNITY)
        known, new = [await system.person(PartyKind.ORGANIZATION, Role.PROVIDER) for _ in range(2)]
        far = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER, division=SOMEWHERE)
        suspended = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        await tell(system, "registry", PartySuspended(party_id=suspended.party_id, reason="示例"))
        await a_track(system, known, (uuid4(), "health_elderly", "良好"), (uuid4(), "culture", "不合格"))
        await a_track(system, far, (uuid4(), "health_elderly", "优秀"))
        path = f"/v1/communities/{community.party_id}/suggestions"

        shown = (await system.get(path, community)).json["organizations"]
        asked = (await system.get(f"{path}?category=law", community)).json["organizations"]

        assert [one["party_id"] for one in shown] == [str(known.party_id), str(new.party_id)]
        assert [one["speaking_for"] for one in shown] == [2, 1]
        assert [hint["speaks_for"] for hint in shown[0]["hints"]] == [True, True, False, False]
        assert {one["speaking_for"] for one in asked} == {1}
        assert shown[0]["capacity"]["running_projects"] == 2
        assert (await system.get(path, other)).json["title"] == "not_your_party"
        assert (await system.get(path, known)).json["title"] == "wrong_role"


async def test_hearing_of_a_batch_again_changes_nothing(running: Running) -> None:
    async with running(matching.SERVICE, virtual=True) as system:
        own = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        project = uuid4()
        await a_track(system, own, (project, "health_elderly", None))
        batch = visits(project, 120)
        await tell(system, "contracts", batch, batch)
        await tell(system, "tenders", opened(project, division=DIVISION))

        told = (await system.get(f"/v1/projects/{project}/eligibility", own)).json["capacity"]

        assert (told["visit_hours"], told["running_projects"]) == (2, 1)


async def test_hours_promised_by_name_count_while_their_project_runs(running: Running) -> None:
    async with running(matching.SERVICE, virtual=True) as system:
        own = await system.person(PartyKind.ORGANIZATION, Role.PROVIDER)
        workers = await employ(system, own, VALID, VALID)
        submitted = an_application(own, *(worker.party_id for worker in workers))
        project = project_of_application(submitted.round_id, submitted.application_id)
        tender = uuid4()
        await tell(system, "tenders", opened(tender))
        await tell(system, "tenders", submitted)
        agreed = drafted(project, own.party_id)

        seen = []
        for fact in (agreed, signed(agreed), published(agreed)):
            await tell(system, "contracts", fact)
            told = (await system.get(f"/v1/projects/{tender}/eligibility", own)).json
            (hint,) = [one["en"] for one in told["hints"] if one["about"] == "capacity"]
            seen.append(
                (told["capacity"]["named_hours"], told["capacity"]["running_projects"], hint.rpartition("= ")[2])
            )

        assert seen == [(0, 0, "4000 hours left"), (600, 1, "3400 hours left"), (0, 0, "4000 hours left")]
