"""What people may ask of the registry."""

from services.kit.service import Get, Post
from services.registry.api import (
    allowances,
    appraisals,
    communities,
    divisions,
    employments,
    grid_allowances,
    importing,
    incubations,
    organizations,
    parties,
    rulebooks,
    staffing,
    vacancies,
    workers,
)

ROUTES: tuple[Post | Get, ...] = (
    *(*importing.ROUTES, *parties.ROUTES, *divisions.ROUTES),
    *(*organizations.ROUTES, *incubations.ROUTES),
    *(*communities.ROUTES, *staffing.ROUTES, *grid_allowances.ROUTES, *allowances.ROUTES),
    *(*workers.ROUTES, *employments.ROUTES, *vacancies.ROUTES, *appraisals.ROUTES),
    *rulebooks.ROUTES,
)
