"""The envelope is written by hand, for speed; what is written must be what the model says, to the byte."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue import CATALOGUE
from events.envelope import NO_TRACE, encode, schema_name
from schemas.ids import PartyId, ProjectId
from schemas.money import Money
from schemas.project import BudgetRefused, BudgetReserved

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    time=st.datetimes(timezones=st.just(UTC)),
    code=TEXT,
    source=TEXT,
    rulebook=st.none() | TEXT,
    sequence=st.integers(1, 2**63 - 1),
)
def test_what_is_written_is_what_the_model_writes_and_reads(
    time: datetime, code: str, source: str, rulebook: str | None, sequence: int
) -> None:
    fact = BudgetRefused(project_id=ProjectId(uuid4()), code=code, source="条例", reason_zh="不够", reason_en="no")
    id, cause, correlation = uuid4(), uuid4(), uuid4()

    body = encode(
        fact,
        id=id,
        source=source,
        time=time,
        sequence=sequence,
        cause=cause,
        correlation=correlation,
        traceparent=NO_TRACE,
        rulebook=rulebook,
    )

    envelope = CATALOGUE.envelope_model(BudgetRefused)(
        id=id,
        source=source,
        type="budget.refused",
        subject=fact.key,
        time=time,
        dataschema=schema_name("budget.refused", 1),
        key=fact.key,
        sequence=sequence,
        causationid=cause,
        correlationid=correlation,
        traceparent=NO_TRACE,
        rulebook=rulebook,
        data=fact,
    )
    assert body == envelope.model_dump_json().encode()
    assert CATALOGUE.decode("budget.refused", 1, body) == envelope


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=8))])
def test_a_time_is_read_as_it_was_meant_in_whatever_zone_it_was_given(zone: timezone) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=zone)
    fact = BudgetReserved(project_id=ProjectId(uuid4()), ceiling=Money(5), shares=())
    id: UUID = PartyId(uuid4())

    body = encode(fact, id=id, source="funds", time=noon, sequence=1, cause=id, correlation=id, traceparent=NO_TRACE)

    assert CATALOGUE.decode("budget.reserved", 1, body).time == noon
