"""From the deadline to the opening: keys and shares that come in, and bids that do not open."""

from schemas.days import minute_of
from schemas.envelope import Envelope, Holder
from schemas.fact import Fact
from schemas.unsealing import (
    BidEnveloped,
    BidSpoiled,
    BidUnreleased,
    EscrowMade,
    KeyReleased,
    OpeningAwaited,
    RecoveryUsed,
    ShareHandedIn,
)
from services.audit.rules.sentences.codes import SPOILED
from services.audit.rules.told import Names, Stage, Told

HOLDERS = {
    Holder.BUYER: ("采购人", "the buyer"),
    Holder.SUPERVISOR: ("监督人", "the supervisor"),
    Holder.RECOVERY: ("备用", "recovery"),
}
ENVELOPES = {
    Envelope.INSTALLATION: ("服务器", "the installation's key"),
    Envelope.ESCROW: ("多方保管的项目密钥", "the tender's key"),
    Envelope.OWN: ("投标人自己的密钥", "its bidder's own key"),
}


def tell_unsealing(fact: Fact, names: Names) -> Told | None:
    match fact:
        case EscrowMade():
            return _told(
                f"项目密钥({fact.public_key[:12]}…)分为三份,任意两份可以开标",
                f"The tender's key ({fact.public_key[:12]}…) was made in three shares, of which two open the bids",
            )
        case BidEnveloped():
            zh, en = ENVELOPES[fact.envelope]
            return _told(
                f"标书 {_short(fact.bid_id)} 用{zh}密封(密文摘要 {fact.sealed_digest[:12]}…)",
                f"Bid {_short(fact.bid_id)} is sealed with {en} (ciphertext {fact.sealed_digest[:12]}…)",
            )
        case OpeningAwaited():
            until = minute_of(fact.release_until)
            return _told(
                f"等待 {fact.keys} 把投标人密钥、{fact.shares} 份项目密钥份额,至 {until}",
                f"Waiting for {fact.keys} keys of bidders and {fact.shares} shares of the tender's key until {until}",
            )
        case KeyReleased() | BidUnreleased() | BidSpoiled():
            return _of_bid(fact)
        case ShareHandedIn():
            zh, en = HOLDERS[fact.holder]
            return _told(f"{zh}份额已交出", f"The share of {en} was handed in")
        case RecoveryUsed():
            person = names.zh(fact.used_by), names.en(fact.used_by)
            return _told(
                f"{person[0]} 启用备用份额:{fact.reason}", f"{person[1]} used the recovery share: {fact.reason}"
            )
        case _:
            return None


def _of_bid(fact: KeyReleased | BidUnreleased | BidSpoiled) -> Told:
    bid = _short(fact.bid_id)
    match fact:
        case KeyReleased():
            return _told(f"标书 {bid} 的密钥已公布", f"The key of bid {bid} was released")
        case BidUnreleased():
            return _told(
                f"标书 {bid} 未在期限内公布密钥,视为撤回({fact.source})",
                f"The key of bid {bid} was not released in time; it counts as withdrawn ({fact.source})",
            )
        case BidSpoiled():
            zh, en = SPOILED.get(fact.code, (fact.code, fact.code))
            return _told(
                f"标书 {bid} 不能有效开启:{zh};其余照常开启", f"Bid {bid} could not be opened: {en}; the others were"
            )


def _short(id: object) -> str:
    return str(id)[:8]


def _told(zh: str, en: str) -> Told:
    return Told(Stage.TENDER, zh, en)
