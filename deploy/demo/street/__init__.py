"""The tour: one street, four communities, the needs of its residents, and one of them from need to trace."""

from deploy.demo.street.tour import tour

__all__ = ["tour"]
