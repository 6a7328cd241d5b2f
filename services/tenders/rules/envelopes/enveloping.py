"""Which envelopes a tender takes: the rule of its rulebook, and a bidder's own key under every rule."""

from schemas.deciding import Context
from schemas.envelope import Envelope, SealingRule
from schemas.fact import Fact
from schemas.ids import BidId
from schemas.refused import Refused
from schemas.unsealing import BidEnveloped
from services.tenders.rules.envelopes.kept import SEALING
from services.tenders.rules.project import Project


def must_fit(project: Project, envelope: Envelope, context: Context) -> None:
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if project.sealing is None:
        if envelope is not Envelope.INSTALLATION:
            raise Refused("only_the_server_seals", status=422, field="public_key", rulebook=project.agreed.rulebook)
        return
    rule = project.sealing.rule
    if envelope is Envelope.OWN:
        return
    if rule is SealingRule.BIDDER_KEY:
        raise Refused("own_key_needed", rulebook.source(SEALING), status=422, field="key")
    if (envelope is Envelope.ESCROW) is not (rule is SealingRule.ESCROW):
        raise Refused("no_tender_key", rulebook.source(SEALING), status=422, field="public_key")


def enveloped(project: Project, bid_id: BidId, envelope: Envelope, sealed_digest: str) -> list[Fact]:
    """What the installation itself can open has its content's digest in the story, and no other."""
    if envelope is Envelope.INSTALLATION:
        return []
    return [BidEnveloped(project_id=project.project_id, bid_id=bid_id, envelope=envelope, sealed_digest=sealed_digest)]
