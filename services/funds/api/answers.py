"""What funds answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.fund import SourceType
from schemas.ids import FundAccountId, HoldId, LotId, PartyId, PaymentId, ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.project import FundShare, LotShare
from schemas.role import Role
from schemas.tranche import Gate
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import TransferState
from services.funds.rules.payment import Declined, PaymentLine
from services.funds.rules.project import Phase
from services.funds.rules.receipts import WhyOpen
from services.kit.asked import Answer


class LotAnswer(Model):
    lot_id: LotId
    source_type: SourceType
    budget_line: str
    restricted_to: str | None
    functional_code: str | None
    """支出功能分类科目"""
    economic_code: str | None
    """支出经济分类科目"""
    amount: Money
    """booked as arrived"""
    corrected: Money
    """of it, what had never arrived"""
    reserved: Money
    spent: Money
    free: Money
    arrived_at: datetime


class Balance(StrEnum):
    APPROPRIATED = "appropriated"
    RESERVED = "reserved"
    """pending in the books"""
    SPENT = "spent"
    FREE = "free"


class BalanceAnswer(Model):
    """One of an account's figures, under its name in words."""

    code: Balance
    zh: str
    en: str
    amount: Money


class AccountAnswer(Answer):
    """A fund account: what arrived, what is set aside, what was released to projects, what is free."""

    version: int
    account_id: FundAccountId
    funder_id: PartyId
    appropriated: Money
    reserved: Money
    spent: Money
    free: Money
    balances: tuple[BalanceAnswer, ...]
    """the four figures above once more, for people"""
    lots: tuple[LotAnswer, ...]


class AccountsAnswer(Answer):
    accounts: tuple[AccountAnswer, ...]
    next: UUID | None


class AppropriationAnswer(Answer):
    account_id: FundAccountId
    lot_id: LotId


class TransferAnswer(Model):
    """One transfer with the lots it moved; `pending_id` names the transfer it resolves."""

    transfer_id: UUID
    debit_id: UUID
    credit_id: UUID
    amount: Money
    state: TransferState
    state_zh: str
    state_en: str
    pending_id: UUID | None
    lots: tuple[LotShare, ...]
    effective_date: date
    booked_on: date
    """the same day, or a later one when its period was closed"""
    recorded_at: datetime
    recorded_by: UUID | None
    """the person, by id; null where it was not kept yet"""
    corrects: UUID | None
    """the transfer of which this one takes back a part or all"""
    refunds: UUID | None
    """the project of whose payments this one brings money back"""
    reason: str
    correlation: UUID


class StatementAnswer(Answer):
    """Newest first; `next` is the cursor to the older ones."""

    account_id: FundAccountId
    transfers: tuple[TransferAnswer, ...]
    next: UUID | None


class Missing(Model):
    """What a tranche still waits for, or why nothing comes of it."""

    code: str
    zh: str
    en: str
    who: tuple[Role, ...] = ()
    """whose turn it is, one after the other"""
    until: date | None = None
    """the last day, where there is one"""


class GateAnswer(Model):
    """One of the conditions a tranche is paid on; all of them must be open."""

    gate: Gate
    open: bool
    since: date | None
    """the day in China it opened; none while it is closed, or where that was not kept yet"""
    zh: str
    en: str


class ClockAnswer(Model):
    """The countdown to the money. Days are calendar days; the interest is what a late payment has cost so far."""

    payable_since: date
    due_on: date
    days_left: int | None
    """none once it is late, or paid"""
    days_late: int
    """today, or on the day it was paid"""
    late_interest: Money | None
    """none while an auditor's hold stops the payment"""
    source: str


class TrancheAnswer(Model):
    number: int
    planned: Money
    gates: tuple[GateAnswer, ...]
    settles: bool
    """the settlement of a terminated agreement: no tranche of its plan, and behind no gate"""
    grade_at_least: str | None
    """the lowest grade with which it is paid"""
    step: Step
    missing: Missing | None
    amount: Money
    """released"""
    clock: ClockAnswer | None
    withheld: Money
    payment_id: PaymentId | None
    reference: str | None
    ordered_on: date | None
    paid_on: date | None
    paid: Money
    """so far"""
    earlier: tuple[PaymentId, ...]
    """payments of the part that no hold kept back, when the rest followed or has still to follow"""
    sources: tuple[PaymentLine, ...]
    """whose money it is, by lot; known once ordered"""


class HoldAnswer(Answer):
    hold_id: HoldId
    amount: Money
    basis: str
    until: date
    placed_by: PartyId
    binds: bool
    """neither lifted nor past its last day"""


class HoldOf(Answer):
    project_id: ProjectId
    hold_id: HoldId


class ProjectMoneyAnswer(Answer):
    version: int
    project_id: ProjectId
    phase: Phase
    phase_zh: str
    phase_en: str
    funder_id: PartyId
    payee_id: PartyId | None
    ceiling: Money
    price: Money | None
    fee: Money | None
    """of work paid by the unit, once its units were accepted; the tranches together release no more"""
    set_aside: Money
    """reserved or committed, and not released yet"""
    shares: tuple[FundShare, ...]
    released: Money
    ordered: Money
    paid: Money
    refunded: Money
    """of what was paid, what the payee gave back"""
    terminated_due: Money | None
    """when the agreement was terminated: what its settlement says is due in all"""
    expected_refund: Money
    """what was released beyond that and did not come back"""
    withheld: Money
    returned: Money
    reserved_until: date | None
    """the last day of the reservation; without an agreement by then it lapses"""
    grade: str | None
    factor_percent: int | None
    held: Money
    """of what is not ordered yet, kept back by auditors today"""
    holds: tuple[HoldAnswer, ...]
    tranches: tuple[TrancheAnswer, ...]


class PaymentAnswer(Answer):
    """A payment order and whose money it moves, line by line."""

    payment_id: PaymentId
    project_id: ProjectId
    number: int
    reference: str
    payee_id: PartyId
    amount: Money
    lines: tuple[PaymentLine, ...]
    economic_code: str | None
    """支出经济分类科目 of the order; without it each line has its own"""
    drawn_up_by: UUID
    """the person, by id"""
    waits_for_approval: bool
    """by another person of the funder; nothing moves before"""
    approved_by: UUID | None
    """the second person, where the amount needed one"""
    declined: Declined | None
    """sent back by the second person; the tranche is drawn up again under another number"""
    ordered_on: date | None
    """the day it left; none before"""
    paid_on: date | None
    receipt_digest: str | None
    returned_on: date | None
    """the bank sent it back; its tranche is ordered again under another number"""
    return_reason: str | None
    file_digest: str | None
    """of the application as CSV; none before it leaves"""
    workbook_digest: str | None
    """of the application as xlsx; none before it leaves, or where it left before there was one"""
    paid_to: str | None
    """the end of the number of the account it goes to; none where no file for a bank was made of it"""
    bank_file: UUID | None
    file: str
    """where the application can be fetched once it has left"""
    workbook: str


class ReceiptsAnswer(Answer):
    """What became of the lines: paid an order, stay open, were known before."""

    matched: int
    open: int
    known: int


class OpenReceipt(Model):
    receipt_id: UUID
    line_reference: str
    payment_reference: str
    text: str | None
    returned: str | None
    """the bank's reason for sending a payment back"""
    amount: Money
    paid_on: date
    why_open: WhyOpen
    candidates: tuple[str, ...]
    """when it is ambiguous: numbers of payments, or of other lines, between which nobody guesses"""
    imported_by: UUID | None
    """who may not explain it"""
    imported_at: datetime
    age_days: int
    """since the money moved, by the day on the line"""
    imported_days: int
    """since it came in here"""


class OpenReceiptsAnswer(Answer):
    receipts: tuple[OpenReceipt, ...]
    next: UUID | None
