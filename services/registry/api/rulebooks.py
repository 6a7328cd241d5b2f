"""Rulebooks at the doors: public for everybody, handed in by one officer, adopted by another."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.adoption import AdoptedRulebook, rulebook_id
from schemas.deciding import Ref, World
from schemas.layering import Document, effective
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Certainty, Rulebook
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.rulebook_checks import layered
from services.kit.rulebook_paths import known
from services.kit.rulebook_text import BadRulebook
from services.kit.rulebooks import shipped
from services.kit.service import Get, Post
from services.registry import store
from services.registry.rules.rulebook import (
    AdoptRulebook,
    HandedRulebook,
    HandInRulebook,
    ReadRulebook,
    adopt_refs,
    adopt_rulebook,
    hand_in_refs,
    hand_in_rulebook,
)

REGISTRAR = frozenset({Role.REGISTRAR})


class RulebookState(StrEnum):
    SHIPPED = "shipped"
    HANDED_IN = "handed_in"
    ADOPTED = "adopted"


class RulebookAnswer(Answer):
    hash: str
    id: str
    edition: str
    title: str
    jurisdiction: str | None
    """six digits; none for what is shipped"""
    effective_from: date
    layers: tuple[str, ...]
    """hashes of the documents above, uppermost first"""
    state: RulebookState
    handed_in_by: UUID | None
    adopted_by: UUID | None


class RuleAnswer(Answer):
    path: str
    value: Any
    means_zh: str
    means_en: str
    source: str
    certainty: Certainty
    """L is law; all else is not to be quoted as law"""
    layer: str
    """the edition it stands in"""


class WholeRulebook(RulebookAnswer):
    rules: tuple[RuleAnswer, ...]
    document: Document
    """as it was written, without its layers"""


class RulebooksPage(Answer):
    rulebooks: tuple[RulebookAnswer, ...]
    next: UUID | None


async def read(connection: Connection, command: HandInRulebook, vault: Any) -> ReadRulebook:
    """With what lies on the shelf now; what is wrong is told with its line."""
    shelf = await adopted.shelf(connection)
    try:
        layers = layered(command.document, shelf.layers)
    except BadRulebook as bad:
        first = bad.wrong[0]
        raise Refused(
            "rulebook_wrong",
            first.source,
            status=422,
            field="document",
            count=len(bad.wrong),
            line=first.line,
            path=first.path,
            zh=first.zh,
            en=first.en,
        ) from None
    return ReadRulebook(registrar_id=command.registrar_id, hash=effective(layers).hash, layers=layers)


def _brief(book: Rulebook, state: RulebookState, by: UUID | None = None, adopter: UUID | None = None) -> dict[str, Any]:
    return {
        "hash": book.hash,
        "id": book.id,
        "edition": book.version,
        "title": book.title,
        "jurisdiction": book.jurisdiction,
        "effective_from": book.effective_from,
        "layers": book.layers,
        "state": state,
        "handed_in_by": by,
        "adopted_by": adopter,
    }


def _of(found: store.Submitted) -> dict[str, Any]:
    book, by = effective(found.handed.layers), found.handed.handed_in_by
    if found.adopted is None:
        return _brief(book, RulebookState.HANDED_IN, by)
    return _brief(book, RulebookState.ADOPTED, by, found.adopted.adopted_by)


def _handed_in(world: World, command: ReadRulebook, cause: UUID) -> RulebookAnswer:
    handed = world.get(HandedRulebook, rulebook_id(command.hash))
    return RulebookAnswer(**_of(store.Submitted(handed, None)))


def _adopted(world: World, command: AdoptRulebook, cause: UUID) -> RulebookAnswer:
    id = rulebook_id(command.hash)
    return RulebookAnswer(**_of(store.Submitted(world.get(HandedRulebook, id), world.get(AdoptedRulebook, id))))


def _subject(command: ReadRulebook | AdoptRulebook, cause: UUID) -> Ref:
    return (HandedRulebook, rulebook_id(command.hash))


async def _one(connection: Connection, asked: Asked) -> WholeRulebook:
    hash = asked.path["hash"]
    found = await store.rulebook(connection, rulebook_id(hash))
    if found is not None:
        return _whole(found.handed.layers, _of(found))
    book = next((book for book in shipped() if book.hash == hash), None)
    if book is None:
        raise Refused("not_found", status=404, what="Rulebook", id=hash[:64])
    return _whole(shipped().layers(book.name) or (), _brief(book, RulebookState.SHIPPED))


def _whole(layers: tuple[Document, ...], brief: dict[str, Any]) -> WholeRulebook:
    rules = tuple(
        RuleAnswer(
            path=path,
            value=rule.value,
            means_zh=known()[path].zh,
            means_en=known()[path].en,
            source=rule.source.text,
            certainty=rule.source.certainty,
            layer=rule.layer,
        )
        for path, rule in sorted(effective(layers).rules.items())
    )
    return WholeRulebook(**brief, rules=rules, document=layers[-1])


async def _list(connection: Connection, asked: Asked) -> RulebooksPage:
    """Those shipped and those handed in, in the order of their ids."""
    found = [_of(one) for one in await store.rulebooks(connection, asked.cursor, asked.limit)]
    found += [_brief(book, RulebookState.SHIPPED) for book in shipped()]
    after = asked.cursor
    listed = sorted((rulebook_id(one["hash"]), one["hash"], one) for one in found)
    page = [(id, one) for id, _, one in listed if after is None or id > after][: asked.limit]
    return RulebooksPage(
        rulebooks=tuple(RulebookAnswer(**one) for _, one in page),
        next=page[-1][0] if len(page) == asked.limit else None,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/rulebooks",
        command=HandInRulebook,
        roles=REGISTRAR,
        refs=hand_in_refs,
        decide=hand_in_rulebook,
        subject=_subject,
        answer=_handed_in,
        prepare=read,
        summary="提交规则集(YAML;尚不生效,须由另一人采用) · Hand in a rulebook in YAML; another officer adopts it",
    ),
    Post(
        path="/v1/rulebooks/{hash}/adoption",
        command=AdoptRulebook,
        roles=REGISTRAR,
        refs=adopt_refs,
        decide=adopt_rulebook,
        subject=_subject,
        answer=_adopted,
        summary="采用他人提交的规则集,自其施行日期起生效 · Adopt a rulebook that another officer handed in",
    ),
    Get(
        path="/v1/rulebooks",
        roles=frozenset(),
        handler=_list,
        answer=RulebooksPage,
        summary="规则集列表:随系统提供的、提交的、采用的 · Rulebooks: shipped, handed in, adopted",
        query={
            "cursor": "上一页的 `next` · the `next` of the page before",
            "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
        },
    ),
    Get(
        path="/v1/rulebooks/{hash}",
        roles=frozenset(),
        handler=_one,
        answer=WholeRulebook,
        summary="一个规则集:每项的值、含义、来源、确定程度 · One rulebook: its values, their meaning and source",
    ),
)
