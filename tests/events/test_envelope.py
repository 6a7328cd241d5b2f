"""The envelope is written by hand, for speed; what is written must be what the model says."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import CATALOGUE
from events.envelope import NO_TRACE, encode, numbered, schema_name
from schemas.fact import Fact
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.project import BudgetRefused, BudgetReserved
from tests.services.audit.stories import Told
from tests.support.telling import event_bytes

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(time=st.datetimes(timezones=st.just(UTC)), code=TEXT, source=TEXT, sequence=st.integers(1, 2**63 - 1))
def test_what_is_written_is_what_the_model_writes_and_reads(
    time: datetime, code: str, source: str, sequence: int
) -> None:
    fact = BudgetRefused(project_id=ProjectId(uuid4()), code=code, source="条例", reason_zh="不够", reason_en="no")
    both: dict[str, Any] = {"id": uuid4(), "source": source, "time": time, "key": fact.key, "traceparent": NO_TRACE}
    cause, correlation = uuid4(), uuid4()

    body = numbered(encode(fact, **both, cause=cause, correlation=correlation), sequence)

    envelope = CATALOGUE.envelope_model(BudgetRefused)(
        **both,
        type="budget.refused",
        subject=fact.key,
        dataschema=schema_name("budget.refused", 1),
        sequence=sequence,
        causationid=cause,
        correlationid=correlation,
        data=fact,
    )
    assert json.loads(body) == json.loads(envelope.model_dump_json())
    assert CATALOGUE.decode("budget.refused", 1, body) == envelope


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
def test_a_time_is_read_as_it_was_meant_in_whatever_zone_it_was_given(zone: timezone) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=zone)
    fact = BudgetReserved(project_id=ProjectId(uuid4()), ceiling=Money(5), shares=())
    id: UUID = PartyId(uuid4())
    line: dict[str, Any] = {"key": fact.key, "id": id, "source": "funds", "traceparent": NO_TRACE}

    body = numbered(encode(fact, **line, time=noon, cause=id, correlation=id), 1)

    assert CATALOGUE.decode("budget.reserved", 1, body).time == noon


@pytest.mark.parametrize("fact", Told().facts, ids=lambda fact: fact.type)
def test_the_rulebook_of_a_fact_that_has_one_stands_in_the_envelope(fact: Fact) -> None:
    assert json.loads(event_bytes(fact, 1))["rulebook"] == getattr(fact, "rulebook", None)
