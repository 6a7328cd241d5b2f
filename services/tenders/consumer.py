"""What tenders does when others speak, and when a deadline comes."""

from collections.abc import Mapping

from schemas.deciding import Decide, Due, State
from schemas.fact import Fact
from schemas.fund import ReservationReleased
from schemas.need import NeedChosen
from schemas.project import BudgetRefused, BudgetReserved
from schemas.tender import BidsRanked, RankingRefused
from services.kit.service import Reaction, only_remember
from services.tenders.rules.arranging import arrange
from services.tenders.rules.award import void_lapsed, void_unrankable
from services.tenders.rules.opening import close
from services.tenders.rules.project import Project, project_of
from services.tenders.rules.proposal import propose

HEARS: Mapping[type[Fact], Reaction] = {
    NeedChosen: Reaction(refs=project_of, decide=propose),
    BudgetReserved: Reaction(refs=project_of, decide=arrange),
    BudgetRefused: Reaction(refs=project_of, decide=only_remember),
    BidsRanked: Reaction(refs=project_of, decide=only_remember),
    ReservationReleased: Reaction(refs=project_of, decide=void_lapsed),
    RankingRefused: Reaction(refs=project_of, decide=void_unrankable),
}

TIMERS: Mapping[type[State], Decide[Due]] = {Project: close}
