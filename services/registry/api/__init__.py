"""What people may ask of the registry."""

from services.kit.service import Get, Post
from services.registry.api import incubations, organizations, parties, rulebooks

ROUTES: tuple[Post | Get, ...] = (
    *parties.ROUTES,
    *rulebooks.ROUTES,
    *organizations.ROUTES,
    *incubations.ROUTES,
)
