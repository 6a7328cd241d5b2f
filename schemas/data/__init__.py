"""Tables that travel with the project. Where each comes from and under which licence: SOURCE.md beside it."""
