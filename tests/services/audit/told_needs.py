"""The beginning of a story: a need, its ballot, and the money that arrives."""

from typing import Any

from schemas.fact import Fact
from schemas.fund import (
    FundAppropriated,
    SourceType,
)
from schemas.money import Money
from schemas.need import (
    BallotClosed,
    BallotItem,
    BallotOpened,
    CountedItem,
    NeedChosen,
    NeedPosted,
    NeedRouted,
    Origin,
    Route,
)
from schemas.pabulib import VoteType
from tests.services.audit.parts import BOOK, CEILING, DIGEST, NOON, Parts


class NeedTold(Parts):
    def _need(self) -> list[tuple[str, Fact]]:
        about: dict[str, Any] = self.brief.model_dump(include={"category", "division", "beneficiaries", "title"})
        chosen = CountedItem(need_id=self.need, cost=CEILING, votes=3, points=3, chosen=True)
        facts: list[Fact] = [
            NeedPosted(
                community_id=self.community,
                need_id=self.need,
                tracking_number="320508-0001-0001-0001",
                origin=Origin.RESIDENT,
                description="老人上下楼不便",
                **about,
            ),
            NeedRouted(
                community_id=self.community, need_id=self.need, route=Route.PROJECT, reason="需要资金", source="示例"
            ),
            BallotOpened(
                community_id=self.community,
                ballot_id=self.ballot,
                funder_id=self.funder,
                items=(BallotItem(need_id=self.need, cost=CEILING),),
                budget=CEILING,
                tally_rule="greedy",
                vote_type=VoteType.APPROVAL,
                min_choices=1,
                max_choices=1,
                points=None,
                threshold=0,
                closes_at=NOON,
                rulebook=BOOK,
            ),
            BallotClosed(
                community_id=self.community,
                ballot_id=self.ballot,
                votes=3,
                digest=DIGEST,
                chosen=(self.need,),
                counted=(chosen,),
                arithmetic="3 > 0",
            ),
            NeedChosen(
                community_id=self.community,
                ballot_id=self.ballot,
                need_id=self.need,
                project_id=self.project,
                funder_id=self.funder,
                cost=CEILING,
                votes=3,
                **about,
            ),
        ]
        return [("needs", fact) for fact in facts]

    def _money_in(self) -> list[tuple[str, Fact]]:
        kinds = (SourceType.BUDGET, SourceType.LOTTERY)
        return [
            (
                "funds",
                FundAppropriated(
                    account_id=account,
                    lot_id=lot,
                    funder_id=self.funder,
                    source_type=kind,
                    budget_line="2080208",
                    amount=Money(500_000),
                    restricted_to=None,
                ),
            )
            for account, lot, kind in zip(self.accounts, self.lots, kinds, strict=True)
        ]
