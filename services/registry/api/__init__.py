"""What people may ask of the registry."""

from services.kit.service import Get, Post
from services.registry.api import parties, rulebooks

ROUTES: tuple[Post | Get, ...] = (*parties.ROUTES, *rulebooks.ROUTES)
