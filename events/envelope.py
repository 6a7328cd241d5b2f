"""The envelope around every fact: CloudEvents 1.0 in JSON, with our extensions."""

from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

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

    def encode(self) -> bytes:
        return self.__pydantic_serializer__.to_json(self)


def schema_name(type: str, version: int) -> str:
    return f"urn:sanshe:event:{type}:{version}"
