"""What departments ask of communities, and how it is let in (工作进社区准入).

苏州市民政局对市政协十三届三次会议第009号提案的答复(2014年): three steps (书面申请、评估分析、确认公布), three
principles (依法依规、注重实效、权责统一), five follow-ups (会商、督查、指导、考核、退出); what has no basis in law or a
prefecture's document and is needed nevertheless becomes an agreement, paid by workload.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, NewType
from uuid import UUID

from pydantic import Field

from schemas.fact import NEEDS, Fact
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.money import Money, Positive
from schemas.need import NeedFact
from schemas.party import DivisionCode

ItemId = NewType("ItemId", UUID)


class Dimension(StrEnum):
    """减负的七个方面: 吉林省民政厅 吉民发〔2019〕30号."""

    WORK = "work"
    APPRAISALS = "appraisals"
    OFFICES = "offices"
    MEETINGS = "meetings"
    STAMPS = "stamps"
    NETWORKS = "networks"
    FUNCTIONS = "functions"


class BasisLevel(StrEnum):
    """What an item rests on."""

    LAW = "law"
    REGULATION = "regulation"
    PREFECTURE_DOCUMENT = "prefecture_document"
    COUNTY_DOCUMENT = "county_document"
    NONE = "none"


class Principle(StrEnum):
    """三大原则."""

    LAWFUL = "lawful"
    EFFECTIVE = "effective"
    ACCOUNTABLE = "accountable"


class ListName(StrEnum):
    """The lists of an area; each is `list.<name>` of its rulebook, the negative list is `need.negative_list`."""

    DUTIES = "duties"
    ASSISTANCE = "assistance"
    ENTRY = "entry"
    STAMPS = "stamps"
    BARRED_PROOFS = "barred_proofs"
    CREATION = "creation"
    PURCHASABLE = "purchasable"
    TRANSFER = "transfer"


class Outcome(StrEnum):
    ADMIT = "admit"
    CONVERT = "convert"
    """needed, but not on the lists: it becomes an agreement, paid by workload"""
    REFUSE = "refuse"


class Performer(StrEnum):
    COMMUNITY = "community"
    ORGANIZATION = "organization"


class FollowUp(StrEnum):
    """五项制度."""

    JOINT_MEETING = "joint_meeting"
    INSPECTION = "inspection"
    GUIDANCE = "guidance"
    APPRAISAL = "appraisal"
    EXIT = "exit"


class Costing(Model):
    """What it costs in a year, and who pays: quantity × unit price of one budget line."""

    budget_line: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    unit: Annotated[str, Field(min_length=1, max_length=20, pattern=r"\S")]
    quantity: Annotated[int, Field(ge=1, le=100_000_000)]
    """of work in a year"""
    unit_price: Positive

    @property
    def cost(self) -> Money:
        return Money(self.unit_price.fen * self.quantity)


class Listed(Model):
    """An entry of one of the area's lists."""

    list: ListName
    entry: Annotated[str, Field(min_length=1, max_length=100)]


class Check(Model):
    """One principle, looked at."""

    holds: bool
    reason: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


class GateFact(Fact):
    """Told by the registrar's gate; one area's items are one story."""

    stream: ClassVar[str] = NEEDS
    key_field: ClassVar[str] = "registrar_id"

    registrar_id: PartyId


class ItemApplied(GateFact):
    """A department's written application."""

    type: ClassVar[str] = "item.applied"

    item_id: ItemId
    applicant_id: PartyId
    applied_by: PartyId
    title: str
    description: str
    dimension: Dimension
    category: str
    """one of the rulebook's `need.categories`"""
    beneficiaries: int
    scope: DivisionCode
    """on whose communities it would be placed"""
    basis_level: BasisLevel
    basis: str
    """the statute or document, with article and number"""
    listed: Listed | None
    costing: Costing | None
    begins_on: date
    ends_on: date
    rulebook: str
    """hash of the edition of the lists that is in force on this day"""


class ItemAssessed(GateFact):
    """An officer's assessment; nothing follows before another officer confirms it."""

    type: ClassVar[str] = "item.assessed"

    item_id: ItemId
    principles: dict[Principle, Check]
    outcome: Outcome
    reason: str
    performer: Performer | None
    communities: tuple[PartyId, ...]
    """who is to perform it, or where an organization is to; only of what is converted"""
    assessed_by: PartyId


class ItemReturned(GateFact):
    """The second officer sent the assessment back."""

    type: ClassVar[str] = "item.returned"

    item_id: ItemId
    reason: str
    returned_by: PartyId


class ItemAdmitted(GateFact):
    """Confirmed and published: the communities of `scope` do it from `begins_on` to `ends_on`, with its money."""

    type: ClassVar[str] = "item.admitted"

    item_id: ItemId
    on: date
    applicant_id: PartyId
    title: str
    dimension: Dimension
    scope: DivisionCode
    costing: Costing
    begins_on: date
    ends_on: date
    confirmed_by: PartyId


class ItemRefused(GateFact):
    """Published with its rule: by a list at once (`confirmed_by` none), or by two officers."""

    type: ClassVar[str] = "item.refused"

    item_id: ItemId
    on: date
    title: str
    dimension: Dimension
    scope: DivisionCode
    code: str
    matter: str
    """the entry of the list it touches, or the officers' reason"""
    source: str
    rulebook: str
    confirmed_by: PartyId | None


class ItemConverted(GateFact):
    """Published: not let in, and needed: an agreement in its place."""

    type: ClassVar[str] = "item.converted"

    item_id: ItemId
    on: date
    title: str
    dimension: Dimension
    scope: DivisionCode
    performer: Performer
    reason: str
    confirmed_by: PartyId


class ItemHandedOver(GateFact):
    """A proposal to the department that wants it: to ask this community, or to buy it for this community."""

    type: ClassVar[str] = "item.handed_over"

    item_id: ItemId
    project_id: ProjectId
    performer: Performer
    community_id: PartyId
    funder_id: PartyId
    requested_by: PartyId
    title: str
    request: str
    category: str
    beneficiaries: int
    division: DivisionCode
    cost: Money
    """quantity × unit price of what the department costed"""


class ItemFollowedUp(GateFact):
    """Of an item that was admitted. `exit` ends it; with nobody behind it, by its last day."""

    type: ClassVar[str] = "item.followed_up"

    item_id: ItemId
    kind: FollowUp
    on: date
    note: str
    by: PartyId | None


class Burden(Model):
    dimension: Dimension
    count: Annotated[int, Field(ge=0, le=1_000_000)]


class BurdenInventoried(GateFact):
    """What communities of an area bore on a day before, as counted: the "before" of every report."""

    type: ClassVar[str] = "burden.inventoried"

    inventory_id: UUID
    scope: DivisionCode
    as_of: date
    counts: tuple[Burden, ...]
    source: str
    recorded_by: PartyId


class BurdenRelieved(GateFact):
    """What was taken off communities: 减牌子、减事务、减考核, or moved to where it belongs."""

    type: ClassVar[str] = "burden.relieved"

    relief_id: UUID
    scope: DivisionCode
    on: date
    dimension: Dimension
    count: int
    departments: int
    """whose they were"""
    moved_to: str
    basis: str
    recorded_by: PartyId


class StampDecided(NeedFact):
    """At the counter: a resident, who is not named, asked for a proof, and the list of that day decided."""

    type: ClassVar[str] = "stamp.decided"

    decision_id: UUID
    proof: str
    granted: bool
    list: ListName | None
    entry: str | None
    office: str | None
    """who does give the proof"""
    source: str
    rulebook: str
    decided_by: PartyId
