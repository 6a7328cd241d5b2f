"""What people may ask of the registry."""

from services.kit.service import Get, Post
from services.registry.api import divisions, importing, incubations, organizations, parties, rulebooks

ROUTES: tuple[Post | Get, ...] = (
    *(*importing.ROUTES, *parties.ROUTES, *divisions.ROUTES),
    *(*organizations.ROUTES, *incubations.ROUTES),
    *rulebooks.ROUTES,
)
