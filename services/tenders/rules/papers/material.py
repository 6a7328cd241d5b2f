"""What the papers of a tender are drawn up from, and what of it they have in common."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from schemas.docx import Part, Table
from schemas.ids import BidId, PartyId
from schemas.paper import NOTHING, cited
from schemas.rulebook import Rulebook
from schemas.standing import Party
from services.tenders.rules.project import Bid, Phase, Project

PARTIES_HEAD = ("身份 · Role", "名称 · Name", "统一社会信用代码 · Credit code", "编号 · Id")
YES_NO = {True: "是 · yes", False: "否 · no"}


class PaperKind(StrEnum):
    NOTICE = "notice"
    """采购公告"""
    OPENING = "opening"
    """开标记录"""
    EVALUATION = "evaluation"
    """评审报告"""
    AWARD = "award"
    """成交(中标)公告"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`bids` are those that stand; `setback`: why the tender is void, in words."""

    project: Project
    bids: tuple[Bid, ...]
    parties: Mapping[UUID, Party]
    rulebook: Rulebook
    setback: str | None

    @property
    def opened(self) -> tuple[Bid, ...]:
        return tuple(bid for bid in self.bids if bid.content is not None)

    def bidder_of(self, bid_id: BidId) -> PartyId:
        return next(bid.bidder_id for bid in self.bids if bid.id == bid_id)

    def named(self, id: PartyId) -> tuple[str, str]:
        """Name and credit code; of a natural person nothing but the id is public."""
        party = self.parties.get(id)
        if party is None:
            return NOTHING, NOTHING
        return party.name or "自然人,仅列编号 · a natural person, by id only", party.uscc or NOTHING

    def rules(self, *paths: str) -> Iterator[Part]:
        """The rules of these paths that the edition has, each with where it comes from."""
        rows = tuple(
            (path, str(self.rulebook.value(path)), cited(self.rulebook.source(path)))
            for path in paths
            if path in self.rulebook.rules
        )
        yield Table("rules", ("规则 · Rule", "取值 · Value", "来源 · Source"), rows)

    @property
    def footer(self) -> str:
        return f"项目 project {self.project.id} · 规则集 rulebook {self.rulebook.name} {self.rulebook.hash}"


def is_ready(kind: PaperKind, project: Project, bids: tuple[Bid, ...]) -> bool:
    """Whether its facts stand; before the opening there is nothing of a bid in any of them."""
    match kind:
        case PaperKind.NOTICE:
            return project.closes_at is not None
        case PaperKind.OPENING:
            void_unopened = project.phase is Phase.VOIDED and project.bids is not None
            return void_unopened or any(bid.content is not None for bid in bids)
        case PaperKind.EVALUATION:
            return bool(project.ranking)
        case PaperKind.AWARD:
            # a call-off is awarded by its framework's ranking, and has none of its own
            return project.phase is Phase.AWARDED and any(one.bid_id == project.award for one in project.ranking)
