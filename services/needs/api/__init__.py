"""What people may ask of needs, ballots, and the gate before communities."""

from services.kit.service import Get, Post
from services.needs.api import (
    ballots,
    burden,
    deliberations,
    gate,
    handling,
    intake,
    merging,
    resident_imports,
    residents,
    responsibility,
    sharing,
    stamps,
    tokens,
    volunteer_tasks,
    volunteers,
    window,
)

ROUTES: tuple[Post | Get, ...] = (
    *(*intake.ROUTES, *window.ROUTES, *handling.ROUTES, *merging.ROUTES),
    *(*ballots.ROUTES, *residents.ROUTES, *resident_imports.ROUTES, *tokens.ROUTES, *deliberations.ROUTES),
    *(*sharing.ROUTES, *responsibility.ROUTES, *volunteers.ROUTES, *volunteer_tasks.ROUTES),
    *(*gate.ROUTES, *stamps.ROUTES, *burden.ROUTES),
)
