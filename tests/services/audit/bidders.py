"""Who may bid for a told tender, and who delivers what was awarded."""

from uuid import uuid5

from schemas.disclosure import Deliverer, DeliveryDisclosed
from schemas.fact import Fact
from schemas.ids import PartyId
from schemas.narrowing import BidderKind, Narrowing, TenderNarrowed
from tests.services.audit.stories import Told


def of_bidders(told: Told) -> list[Fact]:
    narrowing = Narrowing(
        kinds=(BidderKind.SOCIAL_ORGANIZATION, BidderKind.RESIDENTS_COMMITTEE),
        basis="受助对象为社区居民(示例)",
        source="示例条例 第十条",
    )
    group = Deliverer(
        name="示例互助社", filed_with="示例街道备案 3 号", part="送餐", group_id=PartyId(uuid5(told.project, "group"))
    )
    return [
        TenderNarrowed(project_id=told.project, narrowing=narrowing),
        DeliveryDisclosed(project_id=told.project, bid_id=told.bid, provider_id=told.provider, deliverers=(group,)),
    ]
