"""What changed terms may say: supplements within their limit, money behind gates still to come, a last tranche left,
a term within the rulebook's."""

from schemas.arranging import FINAL_GATES, MID_TERM_GATES
from schemas.clauses import Instrument
from schemas.contract import Agreement, Milestone
from schemas.deciding import Context
from schemas.judging import MidTermResult
from schemas.money import Money, sum_of
from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.term import check_term
from schemas.tranche import Gate
from services.contracts.rules.contract import Contract
from services.contracts.rules.life import ChangeStage
from services.contracts.rules.step import Stage

SUPPLEMENT = "contracts.supplement_percent_most"
LAST = "tender.last_percent_least"
LIMITED = Source("示例:补充协议的总额应有上限", Certainty.EXAMPLE)


def check(contract: Contract, terms: Agreement, context: Context) -> None:
    rulebook = context.rulebooks.by_hash(terms.rulebook)
    if terms.price != contract.agreement.price:
        if terms.work is not None and terms.work == contract.agreement.work:
            raise Refused("price_follows_work", status=422, field="price")
        _check_supplement(contract, terms, rulebook)
    if terms.work is not None and terms.price > terms.work.most:
        raise Refused("price_above_work", status=422, field="price", price=terms.price, most=terms.work.most)
    if terms.tranches != contract.agreement.tranches:
        _check_tranches(contract, terms)
        _check_kind(terms, rulebook)
    if terms.term is not None and terms.term != contract.agreement.term:
        check_term(terms.term, rulebook, "ends_on")  # counted from the first day, however often the last is moved


def _check_supplement(contract: Contract, terms: Agreement, rulebook: Rulebook) -> None:
    """All increases together, of the price first agreed; what was taken off between them does not count against it."""
    increase = terms.price.fen - contract.agreement.price.fen
    if increase <= 0:
        return
    if SUPPLEMENT not in rulebook.rules:
        raise Refused("no_limit_of_supplements", LIMITED, status=422, field="price", rulebook=rulebook.version)
    effective = [change for change in contract.changes if change.stage is ChangeStage.EFFECTIVE]
    original = effective[0].before.price if effective else contract.agreement.price
    so_far = sum(change.increase_fen for change in effective)
    percent = rulebook.integer(SUPPLEMENT)
    if (so_far + increase) * 100 > original.fen * percent:
        raise Refused(
            "supplement_too_large",
            rulebook.source(SUPPLEMENT),
            status=422,
            field="price",
            increase=Money(increase),
            so_far=Money(so_far),
            original=original,
            percent=percent,
        )


def _check_tranches(contract: Contract, terms: Agreement) -> None:
    """What was released stays; what is new waits for something still to come, or it would be payable unearned."""
    planned = {tranche.number: tranche for tranche in contract.agreement.tranches}
    passed = _passed(contract)
    for tranche in terms.tranches:
        if tranche.number in contract.released:
            if tranche != planned.get(tranche.number):
                raise Refused("tranche_released_already", status=422, field="tranches", number=tranche.number)
        elif set(tranche.gates) <= passed:
            raise Refused("gate_open_already", status=422, field="tranches", number=tranche.number, gate=tranche.gate)
    kept = {tranche.number for tranche in terms.tranches}
    if gone := contract.released - kept:
        raise Refused("tranche_released_already", status=422, field="tranches", number=min(gone))


def _check_kind(terms: Agreement, rulebook: Rulebook) -> None:
    """A purchase keeps its last tranche behind the grade. What is paid after the result, or by units that are counted
    with it, waits for the result: as it was when it was arranged."""
    if terms.instrument is Instrument.PURCHASE:
        _check_last(terms, rulebook)
    for tranche in terms.tranches:
        gates = set(tranche.gates)
        by_the_unit = terms.work is not None and gates != {Gate.SIGNED}
        too_early = not FINAL_GATES & gates or (terms.work is not None and MID_TERM_GATES & gates)
        if (by_the_unit or terms.instrument is Instrument.REWARD) and too_early:
            raise Refused("tranche_before_result", status=422, field="tranches", number=tranche.number)


def _passed(contract: Contract) -> frozenset[Gate]:
    """Gates that have opened: what they were waited for is done, and was paid for by the tranches behind them."""
    report = contract.audit_report
    opened = {
        Gate.SIGNED: True,
        Gate.MID_TERM_ACCEPTED: contract.deliveries[Milestone.MID_TERM].stage is Stage.ACCEPTED,
        Gate.MID_TERM_PASSED: contract.mid_term is MidTermResult.PASSED,
        Gate.AUDIT_REPORTED: report is not None and report.opinion.opens,
    }
    return frozenset(gate for gate, open_ in opened.items() if open_)


def _check_last(terms: Agreement, rulebook: Rulebook) -> None:
    """To the fen below: shares of a price are rounded."""
    last = sum_of(tranche.amount for tranche in terms.tranches if Gate.FINAL_GRADED in tranche.gates)
    least = Money(terms.price.fen * rulebook.integer(LAST) // 100)
    if last < least:
        raise Refused("last_tranche_below", rulebook.source(LAST), status=422, field="tranches", last=last, least=least)
