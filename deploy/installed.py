"""The services of this program, in the order in which a project meets them."""

from services import audit, contracts, evaluation, funds, matching, needs, registry, tenders

SERVICES = (
    registry.SERVICE,
    needs.SERVICE,
    tenders.SERVICE,
    matching.SERVICE,
    contracts.SERVICE,
    funds.SERVICE,
    evaluation.SERVICE,
    audit.SERVICE,
)
