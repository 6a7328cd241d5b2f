"""What tenders does when others speak, and when a deadline comes."""

from collections.abc import Mapping
from uuid import UUID

from schemas.cancelled import ContractCancelled, ContractStands
from schemas.commission import ContractRetracted
from schemas.contract import ContractEndorsed, ContractSigned
from schemas.deciding import Decide, Due, Ref, State
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import ReservationReleased
from schemas.gate import ItemHandedOver
from schemas.need import NeedChosen
from schemas.project import BudgetRefused, BudgetReserved
from schemas.round import PairsFound, RoundSolved
from schemas.tender import BidsRanked, RankingRefused
from services.kit.service import Reaction, only_remember
from services.tenders.rules.arranging import arrange
from services.tenders.rules.at_the_gate import take_over
from services.tenders.rules.awaiting import await_choice
from services.tenders.rules.award import void_lapsed, void_unrankable
from services.tenders.rules.complaints import undoing
from services.tenders.rules.framework.choosing import close_choices
from services.tenders.rules.framework.framework import Framework
from services.tenders.rules.project import Project, project_of
from services.tenders.rules.proposal import propose
from services.tenders.rules.rounds.applying import close_round
from services.tenders.rules.rounds.grades import graded_refs, keep_grade
from services.tenders.rules.rounds.round import Pair, Round, round_of
from services.tenders.rules.timers import ring


def pairs_of(fact: PairsFound, cause: UUID) -> tuple[Ref, ...]:
    return (*round_of(fact, cause), *((Pair, one.pair_id) for one in fact.pairs))


HEARS: Mapping[type[Fact], Reaction] = {
    NeedChosen: Reaction(refs=project_of, decide=propose),
    ItemHandedOver: Reaction(refs=project_of, decide=take_over),
    BudgetReserved: Reaction(refs=project_of, decide=arrange),
    BudgetRefused: Reaction(refs=project_of, decide=only_remember),
    BidsRanked: Reaction(refs=project_of, decide=await_choice),
    ContractSigned: Reaction(refs=project_of, decide=only_remember),
    ContractEndorsed: Reaction(refs=project_of, decide=only_remember),
    ContractCancelled: Reaction(refs=undoing.refs, decide=undoing.undo),
    ContractStands: Reaction(refs=undoing.refs, decide=only_remember),
    ReservationReleased: Reaction(refs=project_of, decide=void_lapsed),
    RankingRefused: Reaction(refs=project_of, decide=void_unrankable),
    ContractRetracted: Reaction(refs=project_of, decide=only_remember),
    PairsFound: Reaction(refs=pairs_of, decide=only_remember),
    RoundSolved: Reaction(refs=round_of, decide=only_remember),
    ProjectGraded: Reaction(refs=graded_refs, decide=keep_grade),
}

TIMERS: Mapping[type[State], Decide[Due]] = {Project: ring, Round: close_round, Framework: close_choices}
