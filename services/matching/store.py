"""Open tenders and rankings as documents; providers from the parties every service remembers."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.standing import Party
from services.kit.areas import A_PARTY, Places
from services.kit.documents import Documents
from services.matching.rules.advising import Record
from services.matching.rules.ranking import Ranking
from services.matching.rules.recommending import PROVIDERS, Tender
from services.matching.rules.track import Engagement, NamedHours, ReportedVisits
from services.matching.rules.venture import Candidate, PaidWork, PairVerdict, Slate, Venture, VentureStage

_documents = Documents(
    tenders=Tender,
    rankings=Ranking,
    ventures=Venture,
    candidates=Candidate,
    verdicts=PairVerdict,
    works=PaidWork,
    engagements=Engagement,
    visit_batches=ReportedVisits,
    named_hours=NamedHours,
)
save = _documents.save

_tender = TypeAdapter(Tender)
_ranking = TypeAdapter(Ranking)
_party = TypeAdapter(Party)
_venture = TypeAdapter(Venture)
_candidate = TypeAdapter(Candidate)

MOST_TEXTS = 50_000
"""the latest of other rounds and sources that applications are compared with"""
PLACES: Places = {
    "party_id": A_PARTY,
    "community_id": A_PARTY,
    "project_id": """
        SELECT unnest(ARRAY[(state #>> '{brief,funder_id}')::uuid, (state #>> '{brief,community_id}')::uuid])
        FROM tenders WHERE id = $1
        """,
}
"""whose the things are that the paths name"""


async def load(tx: Connection, refs: Collection[Ref]) -> World:
    """A slate brings its round with every candidate and verdict; while it compares, the texts of all others too."""
    world = await _documents.load(tx, refs)
    for id in sorted({id for kind, id in refs if kind is Slate}):
        world.ask([(Venture, id)])
        await _documents.load_into(tx, world, [(Venture, id)])
        venture = world.find(Venture, id)
        if venture is not None:
            await _load_slate(tx, world, venture)
    return world


async def _load_slate(tx: Connection, world: World, venture: Venture) -> None:
    own = await tx.fetch("SELECT id FROM candidates WHERE round_id = $1", venture.id)
    verdicts = await tx.fetch("SELECT id FROM verdicts WHERE round_id = $1", venture.id)
    mine: list[Ref] = [*((Candidate, row["id"]) for row in own), *((PairVerdict, row["id"]) for row in verdicts)]
    world.ask(mine)
    await _documents.load_into(tx, world, mine)
    if venture.stage is VentureStage.COMPARING:
        await _read_texts(tx, world, venture.id)
    world.loaded(Slate(id=venture.id, stage=venture.stage, closes_at=venture.call.closes_at))


async def _read_texts(tx: Connection, world: World, round_id: UUID) -> None:
    """Read, not locked: nothing of them changes here."""
    others = await tx.fetch(
        "SELECT id FROM candidates WHERE round_id <> $1 ORDER BY id DESC LIMIT $2", round_id, MOST_TEXTS
    )
    works = await tx.fetch("SELECT id FROM works ORDER BY id DESC LIMIT $1", MOST_TEXTS)
    texts: list[Ref] = [*((Candidate, row["id"]) for row in others), *((PaidWork, row["id"]) for row in works)]
    world.ask(texts)
    await _documents.read_into(tx, world, texts)


async def venture(connection: Connection, round_id: UUID) -> Venture | None:
    state = await connection.fetchval("SELECT state FROM ventures WHERE id = $1", round_id)
    return None if state is None else _venture.validate_json(state)


async def rejected(connection: Connection, round_id: UUID, after: UUID | None, limit: int) -> list[Candidate]:
    """Candidates that were weighed and not chosen, in id order."""
    rows = await connection.fetch(
        """
        SELECT state FROM candidates
        WHERE round_id = $1 AND jsonb_typeof(state -> 'alternative') = 'object' AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """,
        round_id,
        after,
        limit,
    )
    return [_candidate.validate_json(row["state"]) for row in rows]


async def tender(connection: Connection, project_id: UUID) -> Tender | None:
    state = await connection.fetchval("SELECT state FROM tenders WHERE id = $1", project_id)
    return None if state is None else _tender.validate_json(state)


async def ranking(connection: Connection, project_id: UUID) -> Ranking | None:
    state = await connection.fetchval("SELECT state FROM rankings WHERE id = $1", project_id)
    return None if state is None else _ranking.validate_json(state)


async def providers_near(connection: Connection, division: str, limit: int) -> list[Party]:
    """Providers of the county of `division` that may act, those with the longest common code first."""
    rows = await connection.fetch(
        """
        SELECT state FROM parties
        WHERE left(state ->> 'division', 6) = left($1, 6)
          AND state ->> 'kind' = ANY($2::text[])
          AND (state ->> 'verified')::boolean AND NOT (state ->> 'suspended')::boolean
        ORDER BY left(state ->> 'division', 12) = left($1, 12) DESC,
                 left(state ->> 'division', 9) = left($1, 9) DESC, id
        LIMIT $3
        """,
        division,
        list(PROVIDERS),
        limit,
    )
    return [_party.validate_json(row["state"]) for row in rows]


async def party(connection: Connection, id: UUID) -> Party | None:
    state = await connection.fetchval("SELECT state FROM parties WHERE id = $1", id)
    return None if state is None else _party.validate_json(state)


async def open_tenders_near(connection: Connection, division: str, at: datetime, most: int) -> list[Tender]:
    """Tenders of the county of `division` that still take bids, those with the longest common code first."""
    rows = await connection.fetch(
        """
        SELECT state FROM tenders
        WHERE (state ->> 'open')::boolean AND left(state #>> '{brief,division}', 6) = left($1, 6)
          AND (state ->> 'closes_at')::timestamptz > $2
        ORDER BY left(state #>> '{brief,division}', 12) = left($1, 12) DESC,
                 left(state #>> '{brief,division}', 9) = left($1, 9) DESC, id
        LIMIT $3
        """,
        division,
        at,
        most,
    )
    return [_tender.validate_json(row["state"]) for row in rows]


async def records(connection: Connection, providers: Collection[UUID], today: date) -> dict[UUID, Record]:
    """What each of them has in hand and has done; an empty record for who has nothing."""
    ids = list(providers)
    projects: dict[UUID, dict[str, int]] = {id: {} for id in ids}
    done = await connection.fetch(
        """
        SELECT provider_id, category, count(*) AS projects
        FROM engagements WHERE provider_id = ANY($1::uuid[]) AND stage IN ('running', 'done') GROUP BY 1, 2
        """,
        ids,
    )
    for row in done:
        projects[row["provider_id"]][row["category"]] = row["projects"]
    hand = {row["provider_id"]: row for row in await connection.fetch(_IN_HAND, ids)}
    staff = {row["employer"]: row for row in await connection.fetch(_STAFF, ids, list(map(str, ids)), today)}
    return {
        id: Record(
            projects=projects[id],
            running=hand[id]["running"] if id in hand else 0,
            graded=hand[id]["graded"] if id in hand else 0,
            upper=hand[id]["upper"] if id in hand else 0,
            named_hours=int(hand[id]["named_hours"]) if id in hand else 0,
            visit_hours=int(hand[id]["minutes"]) // 60 if id in hand else 0,
            workers=staff[id]["workers"] if id in staff else 0,
            certified=staff[id]["certified"] if id in staff else 0,
        )
        for id in ids
    }


_IN_HAND = """
    SELECT provider_id,
           count(*) FILTER (WHERE stage = 'running') AS running,
           count(*) FILTER (WHERE jsonb_typeof(state -> 'upper') = 'boolean') AS graded,
           count(*) FILTER (WHERE (state ->> 'upper')::boolean) AS upper,
           coalesce(sum(named.hours) FILTER (WHERE stage = 'running'), 0) AS named_hours,
           coalesce(sum(visited.minutes) FILTER (WHERE stage = 'running'), 0) AS minutes
    FROM engagements
    LEFT JOIN LATERAL (SELECT hours FROM named_hours WHERE named_hours.id = engagements.id) named ON true
    LEFT JOIN LATERAL (
        SELECT sum(minutes) AS minutes FROM visit_batches WHERE project_id = engagements.id AND NOT voided
    ) visited ON true
    WHERE provider_id = ANY($1::uuid[]) GROUP BY provider_id
"""
_STAFF = """
    SELECT employer.id AS employer, count(*) AS workers,
           count(*) FILTER (WHERE (state #>> '{certificate,registered_until}')::date >= $3) AS certified
    FROM parties
    CROSS JOIN LATERAL jsonb_array_elements_text(state -> 'employers') AS employed (by)
    JOIN unnest($1::uuid[]) AS employer (id) ON employer.id = employed.by::uuid
    WHERE state -> 'employers' ?| $2::text[] AND state ->> 'kind' = 'social_worker'
      AND (state ->> 'verified')::boolean AND NOT (state ->> 'suspended')::boolean
    GROUP BY employer.id
"""
