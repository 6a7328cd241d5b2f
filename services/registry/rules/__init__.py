"""What registry allows: one file per noun."""

from services.registry.rules.registration import evolve

__all__ = ["evolve"]
