"""The envelope around every fact: CloudEvents 1.0 in JSON, with our extensions."""

from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field

from schemas.fact import Fact

F = TypeVar("F", bound=Fact)

NO_TRACE = "00-00000000000000000000000000000000-0000000000000000-00"


class Envelope(BaseModel, Generic[F]):
    """One line of one service's story about one key.

    `sequence` counts from 1 without a gap per (stream, source, key). `time` is the business clock (virtual in a
    demonstration); the Kafka record's own timestamp is wall time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    key: str
    sequence: int = Field(ge=1)
    causationid: UUID
    correlationid: UUID
    traceparent: str
    rulebook: str | None = None
    data: F


def encode(
    fact: Fact,
    *,
    key: str,
    id: UUID,
    source: str,
    time: datetime,
    cause: UUID,
    correlation: UUID,
    traceparent: str,
) -> bytes:
    """The JSON of an `Envelope` around the fact, but for its number: written by hand, every event goes this way.

    The number is known only under the last lock of a transaction; all else is written before that.
    """
    unnumbered = {
        "id": id,
        "source": source,
        "type": fact.type,
        "subject": key,
        "time": time,
        "datacontenttype": "application/json",
        "dataschema": schema_name(fact.type, fact.version),
        "key": key,
        "causationid": cause,
        "correlationid": correlation,
        "traceparent": traceparent,
        "rulebook": vars(fact).get("rulebook"),
        "data": orjson.Fragment(fact.__pydantic_serializer__.to_json(fact)),
    }
    return orjson.dumps(unnumbered, option=orjson.OPT_UTC_Z)


def numbered(unnumbered: bytes, sequence: int) -> bytes:
    """What `encode` wrote, complete."""
    return b'{"specversion":"1.0","sequence":%d,%b' % (sequence, unnumbered[1:])


def schema_name(type: str, version: int) -> str:
    return f"urn:sanshe:event:{type}:{version}"


def line_name(source: str, key: str, sequence: int) -> str:
    """Which line of its stream it is."""
    return f"{source}/{key}/{sequence}"
