"""From the opening of the tender to readable bids."""

from schemas.clarification import QuestionAnswered, QuestionAsked, TenderAmended
from schemas.days import minute_of
from schemas.fact import Fact
from schemas.narrowing import BidderKind, TenderNarrowed
from schemas.tender import BidSealed, BidsOpened, BidWithdrawn, TenderClosed, TenderOpened, TenderVoided
from services.audit.rules.sentences.codes import VOIDED
from services.audit.rules.told import Names, Stage, Told, yuan

KINDS = {
    BidderKind.ENTERPRISE: ("企业", "enterprises"),
    BidderKind.SOCIAL_ORGANIZATION: ("社会组织", "social organizations"),
    BidderKind.PUBLIC_INSTITUTION_II: ("公益二类事业单位", "public institutions of the second class"),
    BidderKind.PRODUCTION_INSTITUTION: ("生产经营类事业单位", "production-type institutions"),
    BidderKind.RURAL_COLLECTIVE: ("农村集体经济组织", "rural collectives"),
    BidderKind.RESIDENTS_COMMITTEE: ("居(村)民委员会", "residents' committees"),
    BidderKind.INDIVIDUAL: ("具备条件的个人", "suited individuals"),
}


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
        case TenderNarrowed():
            why = f"{fact.narrowing.basis} ({fact.narrowing.source})"
            zh = "、".join(KINDS[kind][0] for kind in fact.narrowing.kinds)
            en = ", ".join(KINDS[kind][1] for kind in fact.narrowing.kinds)
            return Told(Stage.TENDER, f"只接受{zh}投标:{why}", f"Only these may bid: {en}, because: {why}")
        case QuestionAsked() | QuestionAnswered() | TenderAmended():
            return _clarified(fact)
        case TenderClosed():
            return Told(Stage.TENDER, f"投标截止,共 {fact.bids} 份标书", f"The tender closed with {fact.bids} bids")
        case TenderVoided():
            zh, en = VOIDED.get(fact.code, (fact.code, fact.code))
            return Told(
                Stage.TENDER,
                f"采购终止:{zh};未开启的标书不再开启({fact.source})",
                f"The tender was voided: {en}; what is sealed stays sealed ({fact.source})",
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


def _clarified(fact: QuestionAsked | QuestionAnswered | TenderAmended) -> Told:
    """Questions by their beginnings of ids: who asked is in no fact."""
    match fact:
        case QuestionAsked():
            short = str(fact.question_id)[:8]
            due = minute_of(fact.answer_due)
            return Told(
                Stage.TENDER,
                f"收到询问 {short}:{fact.text}(应于 {due} 前答复)",
                f"Question {short} came in, to be answered before {due}: {fact.text}",
            )
        case QuestionAnswered():
            short = str(fact.question_id)[:8]
            change = (
                ("", "")
                if fact.amendment is None
                else (f",见第 {fact.amendment} 次修改", f", see no. {fact.amendment}")
            )
            return Told(
                Stage.TENDER,
                f"答复询问 {short}{change[0]}:{fact.text}",
                f"Question {short} was answered{change[1]}: {fact.text}",
            )
        case TenderAmended():
            closes = minute_of(fact.closes_at)
            still = fact.closes_at == fact.closed_at_before
            zh, en = ("仍为", "as before") if still else ("顺延至", "later")
            return Told(
                Stage.TENDER,
                f"采购文件第 {fact.number} 次修改:{fact.reason};截止时间{zh} {closes}",
                f"Amendment no. {fact.number}: {fact.reason}; bids close {en}, {closes}",
            )
