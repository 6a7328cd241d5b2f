"""Facts: what happened. The catalogue knows every subclass that names a type and a stream."""

from typing import ClassVar

from pydantic import ConfigDict

from schemas.model import Model

PARTIES = "sanshe.parties"
RULEBOOKS = "sanshe.rulebooks"
NEEDS = "sanshe.needs"
ROUNDS = "sanshe.rounds"
PROJECTS = "sanshe.projects"
FUNDS = "sanshe.funds"
STREAMS = (PARTIES, RULEBOOKS, NEEDS, ROUNDS, PROJECTS, FUNDS)


class Fact(Model):
    """Something that happened, in the past tense, with all that its next reader needs.

    `type` is `noun.verb_past`; `version` counts from 1 and a published one never changes; `stream` is the topic;
    `key_field` names the field whose value keys the stream, so that all facts about one thing stay in order.
    """

    model_config = ConfigDict(frozen=True)

    type: ClassVar[str]
    version: ClassVar[int] = 1
    stream: ClassVar[str]
    key_field: ClassVar[str]

    @property
    def key(self) -> str:
        return str(getattr(self, self.key_field))


class Note(Model):
    """A private fact: it changes rows of its own service and is never told to anyone (votes, ratings, ciphertext)."""


class Command(Model):
    """What somebody asks for. Its HTTP body is this model less the fields that stand in the path."""
