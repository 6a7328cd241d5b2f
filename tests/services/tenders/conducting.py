"""Committees, draws and inquiries of the story."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from schemas.committee import Ground, Member, Seat
from schemas.model import Model
from schemas.role import Actor
from schemas.rulebook import Rulebook
from services.kit.rulebooks import shipped
from services.tenders.rules import low_price
from services.tenders.rules.committee import drawing, importing
from services.tenders.rules.committee.lot import commitment_of
from services.tenders.rules.project import Bid, Project
from tests.services.tenders.stories import DRAFTER, PROJECT, VAULT, Tendered

BEFORE = "2026.4"
"""the edition that knows neither committees nor inquiries"""


def edition(version: str) -> Rulebook:
    return next(book for book in shipped() if book.name == f"example/below-limit@{version}")


def open_bidding(book: Rulebook) -> Rulebook:
    """With what `national/purchased-service` holds of its committee, under the names that a tender reads."""
    national = shipped().named("national/purchased-service")
    head = "method.open_bidding."
    names = ("committee", "committee_by", "committee_least", "committee_least_large", "committee_large_from_fen")
    rules = {f"tender.{name}": national.rules[head + name] for name in (*names, "expert_share_least")}
    return replace(book, rules={**book.rules, **rules})


class Conducting(Tendered):
    def experts(self, number: int) -> list[Actor]:
        return [self.an_evaluator() for _ in range(number)]

    def record(self, experts: Sequence[Actor], own: Sequence[Actor] = (), **changes: Any) -> list[Model]:
        """The library's, entered by the buyer."""
        members = (*(seat(one, Seat.EXPERT) for one in experts), *(seat(one, Seat.BUYER) for one in own))
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "record_number": "示例抽取-1",
            "drawn_on": date(2026, 3, 2),
            "pool": "示例评审专家库",
            "members": members,
        }
        pooled = self.project.draw.pool if self.project.draw else ()
        command = importing.ImportCommitteeBeside(**fields | changes, pooled=pooled)
        return self.do(importing.import_committee, command, DRAFTER)

    def commit(self, pool: Sequence[Actor], seats: int = 3, own: Actor | None = None, **changes: Any) -> str:
        """The secret, which nobody else sees before the draw."""
        secret, key = secrets.token_hex(32), VAULT.new_key()
        fields: dict[str, Any] = {
            "project_id": PROJECT,
            "pool": tuple(one.party_id for one in pool),
            "seats": seats,
            "representative": own.party_id if own else None,
            "commitment": commitment_of(PROJECT, secret),
            "key": key,
            "sealed": VAULT.seal(key, secret.encode(), drawing.draw_place(PROJECT)),
        }
        self.do(drawing.commit_draw, drawing.CommitDrawWithSecret(**fields | changes), DRAFTER)
        return secret

    def draw(self) -> list[Model]:
        pool = self.project.draw.pool if self.project.draw else ()
        return self.do(drawing.draw_experts, drawing.DrawExpertsOf(project_id=PROJECT, evaluators=pool), DRAFTER)

    def recuse(self, by: Actor, ground: Ground = Ground.KINSHIP, ended_on: date | None = None) -> list[Model]:
        fields = {"project_id": PROJECT, "evaluator_id": by.party_id, "ground": ground, "ended_on": ended_on}
        return self.do(drawing.recuse, drawing.Recuse.model_validate(fields), by)

    def bids_of(self, *prices: int) -> None:
        for price in prices:
            self.seal(self.a_bidder(), price)
        self.at_the_deadline()

    def bid_of(self, price: int) -> Bid:
        return next(bid for bid in self.bids if bid.opened.price.fen == price)

    def inquire(self, bid: Bid, minutes: int = 30, by: Actor = DRAFTER) -> list[Model]:
        command = low_price.OpenInquiry(project_id=PROJECT, bid_id=bid.bid_id, minutes=minutes, reason="明显偏低")
        return self.do(low_price.open_inquiry, command, by)

    def explain(self, bid: Bid, by: Actor | None = None, text: str = "志愿者分担") -> list[Model]:
        from_bidder = replace(DRAFTER, party_id=bid.bidder_id)
        command = low_price.ExplainPrice(project_id=PROJECT, bid_id=bid.bid_id, bidder_id=bid.bidder_id, text=text)
        return self.do(low_price.explain, command, by or from_bidder)

    def decide(self, bid: Bid, *, accepted: bool, by: Actor = DRAFTER) -> list[Model]:
        command = low_price.DecidePrice(project_id=PROJECT, bid_id=bid.bid_id, accepted=accepted, reason="已核对")
        return self.do(low_price.decide_price, command, by)


def seat(one: Actor, kind: Seat) -> Member:
    return Member(evaluator_id=one.party_id, seat=kind)


def committee_of(project: Project) -> set[Any]:
    assert project.committee is not None
    return set(project.committee.ids)
