"""Who may bid for a tender: what the bid door asks of a bidder and what advice tells it before, from one list.

Pure, so that the door of tenders and the advice of matching cannot differ. What may advise only (a grade, a local list,
distance) is no part of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas.ids import PartyId
from schemas.narrowing import BidderKind, Narrowing
from schemas.organization import CreditList
from schemas.party import InstitutionClass, PartyKind
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.standing import Party

KINDS = "bidder.kinds"
BARRED = "bidder.barred_lists"
STANDING = "tender.bidder_standing"
CERTIFICATE = Source("社会工作者职业资格登记:每三年再登记(民政部社会工作者职业资格证书登记办法)", Certainty.SECONDARY)
NO_HIDDEN_EMPLOYMENT = Source("政府购买服务管理办法(财政部令第102号):由个人承接的,不得变相用工", Certainty.SECONDARY)
PUBLIC_INSTITUTION = "12"
_BY_CODE = {
    **dict.fromkeys(("51", "52", "53", "59"), BidderKind.SOCIAL_ORGANIZATION),
    **dict.fromkeys(("54", "55"), BidderKind.RESIDENTS_COMMITTEE),
    **dict.fromkeys(("91", "92", "93"), BidderKind.ENTERPRISE),
    **dict.fromkeys(("N1", "N2", "N3"), BidderKind.RURAL_COLLECTIVE),
}
"""By department and category of the credit code. Sole traders and farmers' cooperatives count with enterprises: all
three are registered with the market regulator."""
_BY_CLASS = {
    InstitutionClass.SECOND: BidderKind.PUBLIC_INSTITUTION_II,
    InstitutionClass.PRODUCTION: BidderKind.PRODUCTION_INSTITUTION,
}
_BEFORE = (PartyKind.ORGANIZATION, PartyKind.SOCIAL_WORKER)
"""who could bid under an edition of a rulebook that names no kinds"""


class Needs(StrEnum):
    """How `required` and `actual` of a check are compared; all are texts, and dates and times in ISO 8601 (UTC)."""

    IS = "is"
    """the same values"""
    ONE_OF = "one_of"
    """each actual value is a required one, and there is one"""
    NONE_OF = "none_of"
    """no actual value is one of the required"""
    BEFORE = "before"
    """the actual moment lies before the required one"""
    NOT_BEFORE = "not_before"
    """the actual day is the required one or later"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is asked of a bidder. Anybody can compare the values again; `refusal` is what the door answers."""

    rule: str
    """the rulebook's path, or of what stands in no rulebook the fact it is about"""
    needs: Needs
    required: tuple[str, ...]
    actual: tuple[str, ...]
    refusal: Refused

    @property
    def met(self) -> bool:
        match self.needs:
            case Needs.IS:
                return self.actual == self.required
            case Needs.ONE_OF:
                return bool(self.actual) and set(self.actual) <= set(self.required)
            case Needs.NONE_OF:
                return not set(self.actual) & set(self.required)
            case Needs.BEFORE:
                return self.actual < self.required
            case Needs.NOT_BEFORE:
                return self.actual >= self.required


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Who may bid for one tender, as its rulebook and its documents say."""

    funder_id: PartyId
    standing: Source
    kinds: tuple[BidderKind, ...] | None
    """none: an edition that names no kinds; organizations and certified social workers may bid"""
    kinds_source: Source
    narrowing: Narrowing | None = None
    barred: tuple[CreditList, ...] = ()
    """who stands on one of these credit lists may not; empty: an edition that names none"""
    barred_source: Source | None = None


def circle_of(funder_id: PartyId, rulebook: Rulebook, narrowing: Narrowing | None = None) -> Circle:
    named = KINDS in rulebook.rules
    return Circle(
        funder_id=funder_id,
        standing=rulebook.source(STANDING),
        kinds=tuple(map(BidderKind, rulebook.value(KINDS))) if named else None,
        kinds_source=rulebook.source(KINDS) if named else CERTIFICATE,
        narrowing=narrowing,
        barred=barring_lists(rulebook),
        barred_source=rulebook.source(BARRED) if BARRED in rulebook.rules else None,
    )


def barring_lists(rulebook: Rulebook) -> tuple[CreditList, ...]:
    """Who stands on one of these may not be a provider; none under an edition that names none."""
    return tuple(map(CreditList, rulebook.value(BARRED))) if BARRED in rulebook.rules else ()


def must_be_unlisted(provider: Party, rulebook: Rulebook) -> None:
    """Refused while it stands on one of them."""
    if lists := barring_lists(rulebook):
        check = _unlisted(provider, lists, rulebook.source(BARRED))
        if not check.met:
            raise check.refusal


def bidder_kind(party: Party) -> BidderKind | None:
    """What the party is under 财政部令第102号; none for who may be no provider, or of whom it is not known yet."""
    match party.kind:
        case PartyKind.COMMUNITY:
            return BidderKind.RESIDENTS_COMMITTEE
        case PartyKind.SOCIAL_WORKER:
            return BidderKind.INDIVIDUAL
        case PartyKind.ORGANIZATION if party.hub_id is None:
            return _by_code(party.uscc, party.institution)
        case _:
            return None


def _by_code(uscc: str | None, institution: InstitutionClass | None) -> BidderKind | None:
    """A social organization unless its code says something else."""
    if uscc is None:
        return BidderKind.SOCIAL_ORGANIZATION
    if uscc.startswith(PUBLIC_INSTITUTION):
        return None if institution is None else _BY_CLASS.get(institution)
    return _BY_CODE.get(uscc[:2])


def checks(bidder: Party, circle: Circle, today: date, rivals: Collection[PartyId] = ()) -> Iterator[Check]:
    """In the order in which the door refuses. `rivals`: the other bidders, known once bids are opened and not before:
    a refusal at the door because of one would tell that it bids.
    """
    yield from standing(bidder, circle)
    yield from within(bidder, circle, today, rivals)


def within(bidder: Party, circle: Circle, today: date, rivals: Collection[PartyId] = ()) -> Iterator[Check]:
    """Whether the bidder is one of those who may."""
    yield _kind(bidder, circle)
    if circle.barred:
        yield unlisted(bidder, circle)
    if circle.narrowing is not None:
        yield _narrowed(bidder, circle.narrowing)
    yield from _certificate(bidder, today)
    if circle.kinds is not None and bidder.kind is PartyKind.SOCIAL_WORKER:
        yield _employment(bidder, circle, rivals)


def must_be_eligible(bidder: Party, circle: Circle, today: date) -> None:
    """The door: the first thing that is not met is refused."""
    for check in checks(bidder, circle, today):
        if not check.met:
            raise check.refusal


def unmet(bidder: Party, circle: Circle, today: date, rivals: Collection[PartyId]) -> Refused | None:
    """Of a bidder whose bid was opened: the first thing that is not met today."""
    return next((check.refusal for check in checks(bidder, circle, today, rivals) if not check.met), None)


def standing(bidder: Party, circle: Circle) -> Iterator[Check]:
    """Whether the bidder may act at all: asked first, at every door."""
    yield Check(
        rule="party.suspended",
        needs=Needs.IS,
        required=("false",),
        actual=(_yes(bidder.suspended),),
        refusal=Refused("party_suspended", circle.standing, status=403, party=str(bidder.id)),
    )
    yield Check(
        rule="party.verified",
        needs=Needs.IS,
        required=("true",),
        actual=(_yes(bidder.verified),),
        refusal=Refused("party_not_verified", circle.standing, status=403, party=str(bidder.id)),
    )


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _kind(bidder: Party, circle: Circle) -> Check:
    own = bidder_kind(bidder)
    admitted = _BEFORE if circle.kinds is None else circle.kinds
    is_one = bidder.kind if circle.kinds is None and bidder.hub_id is None else own
    return Check(
        rule=KINDS,
        needs=Needs.ONE_OF,
        required=tuple(admitted),
        actual=() if is_one is None else (is_one,),
        refusal=Refused("not_a_provider", circle.kinds_source, status=403, party=str(bidder.id), kinds=admitted),
    )


def unlisted(bidder: Party, circle: Circle) -> Check:
    """On the day: what was removed before does not count, and what comes later is asked again then."""
    return _unlisted(bidder, circle.barred, circle.barred_source)


def _unlisted(bidder: Party, barred: tuple[CreditList, ...], source: Source | None) -> Check:
    lists = tuple(sorted({listing.list for listing in bidder.listings}))
    return Check(
        rule=BARRED,
        needs=Needs.NONE_OF,
        required=barred,
        actual=lists,
        refusal=Refused(
            "bidder_listed",
            source,
            status=403,
            party=str(bidder.id),
            lists=tuple(one for one in lists if one in barred),
            rule=BARRED,
        ),
    )


def _narrowed(bidder: Party, narrowing: Narrowing) -> Check:
    own = bidder_kind(bidder)
    return Check(
        rule="tender.narrowed",
        needs=Needs.ONE_OF,
        required=narrowing.kinds,
        actual=() if own is None else (own,),
        refusal=Refused(
            "outside_the_circle",
            Source(narrowing.source, Certainty.COMMON),
            status=403,
            party=str(bidder.id),
            kinds=narrowing.kinds,
            basis=narrowing.basis,
        ),
    )


def _certificate(bidder: Party, today: date) -> Iterator[Check]:
    """An individual holds one; whoever holds one has it registered on the day, of whatever kind the party is."""
    if bidder.kind is PartyKind.SOCIAL_WORKER:
        only = (PartyKind.SOCIAL_WORKER,)
        yield Check(
            rule="party.certificate",
            needs=Needs.IS,
            required=("true",),
            actual=(_yes(bidder.certificate is not None),),
            refusal=Refused("not_a_provider", CERTIFICATE, status=403, party=str(bidder.id), kinds=only),
        )
    if bidder.certificate is not None:
        until = bidder.certificate.registered_until
        yield Check(
            rule="party.certificate.registered_until",
            needs=Needs.NOT_BEFORE,
            required=(today.isoformat(),),
            actual=(until.isoformat(),),
            refusal=Refused("registration_lapsed", CERTIFICATE, status=403, party=str(bidder.id), until=until),
        )


def _employment(bidder: Party, circle: Circle, rivals: Collection[PartyId]) -> Check:
    """Who is employed by the buyer, or by a bidder for the same project, does not sell it the same work (变相用工)."""
    return Check(
        rule="party.employers",
        needs=Needs.NONE_OF,
        required=tuple(map(str, (circle.funder_id, *sorted(rivals)))),
        actual=tuple(sorted(map(str, bidder.employers))),
        refusal=Refused("hidden_employment", NO_HIDDEN_EMPLOYMENT, status=403, party=str(bidder.id)),
    )
