"""What tenders answers about rounds."""

from datetime import datetime
from decimal import Decimal

from schemas.ids import ApplicationId, PairId, PartyId, ProjectId, RoundId, project_of_application
from schemas.model import Model
from schemas.round import Call, Likeness, Proposal
from schemas.solution import Certificate, Chosen
from services.kit.asked import Answer
from services.tenders.rules.rounds.round import Application, Pair, Round, RoundPhase


class RoundStep(Answer):
    """Where the round stands after a command."""

    round_id: RoundId
    phase: RoundPhase


class Submitted(Answer):
    round_id: RoundId
    application_id: ApplicationId


class RoundLine(Answer):
    round_id: RoundId
    phase: RoundPhase
    title: str
    funder_id: PartyId
    closes_at: datetime

    @classmethod
    def of(cls, round: Round) -> "RoundLine":
        call = round.call
        return cls(
            round_id=round.round_id,
            phase=round.phase,
            title=call.title,
            funder_id=call.funder_id,
            closes_at=call.closes_at,
        )


class Rounds(Answer):
    rounds: tuple[RoundLine, ...]
    next: RoundId | None
    """the cursor of the next page"""


class Granted(Model):
    """A choice and the project it becomes when the round is confirmed."""

    choice: Chosen
    project_id: ProjectId


class RoundAnswer(Answer):
    version: int
    round_id: RoundId
    phase: RoundPhase
    call: Call
    rulebook: str
    agreement_rulebook: str
    drafted_by: PartyId
    approved_by: PartyId | None
    applications: int | None
    """nobody is told before the deadline"""
    chosen: tuple[Granted, ...]
    certificate: Certificate | None
    notice_ends_at: datetime | None
    publicised_by: PartyId | None
    confirmed_by: PartyId | None
    voided_because: str | None

    @classmethod
    def of(cls, round: Round, version: int) -> "RoundAnswer":
        open = round.phase in (RoundPhase.CALL_DRAFTED, RoundPhase.CALLED)
        return cls(
            version=version,
            round_id=round.round_id,
            phase=round.phase,
            call=round.call,
            rulebook=round.rulebook,
            agreement_rulebook=round.agreement_rulebook,
            drafted_by=round.drafted_by,
            approved_by=round.approved_by,
            applications=None if open else round.applications,
            chosen=tuple(
                Granted(choice=one, project_id=project_of_application(round.round_id, one.application_id))
                for one in round.chosen
            ),
            certificate=round.certificate,
            notice_ends_at=round.notice_ends_at,
            publicised_by=round.publicised_by,
            confirmed_by=round.confirmed_by,
            voided_because=round.voided_because,
        )


class ApplicationAnswer(Answer):
    application_id: ApplicationId
    round_id: RoundId
    organization_id: PartyId
    division: str
    proposal: Proposal
    withdrawn: bool
    complete: bool | None
    """None until it was looked through"""
    reason: str | None
    scored_by: int
    """experts"""
    public: Decimal | None
    total: int | None
    """hundredths of a point"""

    @classmethod
    def of(cls, one: Application) -> "ApplicationAnswer":
        return cls(
            application_id=one.application_id,
            round_id=one.round_id,
            organization_id=one.organization_id,
            division=one.division,
            proposal=one.proposal,
            withdrawn=one.withdrawn,
            complete=one.complete,
            reason=one.reason,
            scored_by=len(one.entries),
            public=one.public,
            total=one.total,
        )


class Applications(Answer):
    applications: tuple[ApplicationAnswer, ...]
    next: ApplicationId | None


class PairAnswer(Answer):
    pair_id: PairId
    likeness: Likeness
    same: bool | None
    """None until a person has decided"""
    reason: str | None
    decided_by: PartyId | None

    @classmethod
    def of(cls, pair: Pair) -> "PairAnswer":
        return cls(
            pair_id=PairId(pair.id),
            likeness=pair.likeness,
            same=pair.same,
            reason=pair.reason,
            decided_by=pair.decided_by,
        )


class Pairs(Answer):
    pairs: tuple[PairAnswer, ...]
    next: PairId | None
