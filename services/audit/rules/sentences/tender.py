"""From the opening of the tender to readable bids."""

from schemas.days import minute_of
from schemas.fact import Fact
from schemas.tender import BidSealed, BidsOpened, BidWithdrawn, TenderClosed, TenderOpened, TenderVoided
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_tender(fact: Fact, names: Names) -> Told | None:
    match fact:
        case TenderOpened():
            return Told(
                Stage.TENDER,
                f"发布采购公告,最高限价 {fact.ceiling},截止 {minute_of(fact.closes_at)}",
                f"The tender opened with a ceiling of {yuan(fact.ceiling)}, closing {minute_of(fact.closes_at)}",
                fact.ceiling,
            )
        case BidSealed():
            return Told(
                Stage.TENDER,
                f"收到密封标书 {str(fact.bid_id)[:8]}(摘要 {fact.digest[:12]}…)",
                f"Sealed bid {str(fact.bid_id)[:8]} came in (digest {fact.digest[:12]}…)",
            )
        case BidWithdrawn():
            return Told(Stage.TENDER, f"标书 {str(fact.bid_id)[:8]} 撤回", f"Bid {str(fact.bid_id)[:8]} was withdrawn")
        case TenderClosed():
            return Told(Stage.TENDER, f"投标截止,共 {fact.bids} 份标书", f"The tender closed with {fact.bids} bids")
        case TenderVoided():
            return Told(
                Stage.TENDER,
                f"采购终止({fact.code}),未开启的标书不再开启({fact.source})",
                f"The tender was voided ({fact.code}); what is sealed stays sealed ({fact.source})",
            )
        case BidsOpened():
            bids = [(bid.bidder_id, bid.price) for bid in fact.bids]
            return Told(
                Stage.TENDER,
                "开标:" + "、".join(f"{names.zh(bidder)} {price}" for bidder, price in bids),
                "Bids were opened: " + ", ".join(f"{names.en(bidder)} {yuan(price)}" for bidder, price in bids),
            )
        case _:
            return None
