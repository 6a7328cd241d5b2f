"""What funds does when others speak of a project."""

from collections.abc import Iterable, Mapping

from schemas.cancelled import CancellationAsked
from schemas.change import ChangeAgreed, ChangeRefused
from schemas.commission import ContractRetracted
from schemas.contract import ContractSigned, MilestoneAccepted, ProjectPublished
from schemas.deciding import Context, Decide, Due, State, World
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import TrancheRefused
from schemas.judging import AuditReported, MidTermAwaited, MidTermDeemedPassed, MidTermGraded
from schemas.model import Model
from schemas.project import BudgetRefused, ProjectApproved, ProjectDeclined
from schemas.tender import TenderVoided
from schemas.termination import ContractTerminated
from schemas.work import WorkAccepted
from services.funds.rules import cancelling, changing, costs, release, reserve, terminating
from services.funds.rules.project import GATES_CLOSE, ProjectMoney
from services.kit.service import Reaction, only_remember

HEARS: dict[type[Fact], Reaction] = {
    ProjectApproved: Reaction(refs=reserve.refs_of_approval, decide=reserve.reserve, refused=BudgetRefused),
    ProjectDeclined: Reaction(refs=reserve.refs_of_project, decide=reserve.give_back),
    TenderVoided: Reaction(refs=reserve.refs_of_project, decide=reserve.give_back),
    ContractSigned: Reaction(refs=costs.refs_of_signing, decide=costs.commit, refused=TrancheRefused),
    WorkAccepted: Reaction(refs=reserve.refs_of_project, decide=only_remember),
    MilestoneAccepted: Reaction(refs=reserve.refs_of_project, decide=release.accept, refused=TrancheRefused),
    MidTermGraded: Reaction(refs=reserve.refs_of_project, decide=release.judge, refused=TrancheRefused),
    MidTermAwaited: Reaction(refs=reserve.refs_of_project, decide=only_remember),
    MidTermDeemedPassed: Reaction(refs=reserve.refs_of_project, decide=release.deem_passed, refused=TrancheRefused),
    AuditReported: Reaction(refs=reserve.refs_of_project, decide=release.take_report, refused=TrancheRefused),
    ProjectGraded: Reaction(refs=reserve.refs_of_project, decide=release.grade, refused=TrancheRefused),
    ProjectPublished: Reaction(refs=costs.refs_of_publication, decide=only_remember),
    ChangeAgreed: Reaction(refs=reserve.refs_of_project, decide=changing.change, refused=ChangeRefused),
    CancellationAsked: Reaction(refs=reserve.refs_of_project, decide=cancelling.cancel),
    ContractTerminated: Reaction(refs=reserve.refs_of_project, decide=terminating.terminate),
    ContractRetracted: Reaction(refs=reserve.refs_of_project, decide=reserve.give_back),
}


def _ring(world: World, due: Due, context: Context) -> Iterable[Model]:
    decide = release.close_gates if due.name == GATES_CLOSE else reserve.lapse
    return decide(world, due, context)


TIMERS: Mapping[type[State], Decide[Due]] = {ProjectMoney: _ring}
