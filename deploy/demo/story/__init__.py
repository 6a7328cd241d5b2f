"""A project's way through the public API, one function per step, in the order in which people take them.

`registering` parties · `choosing` needs by ballot · `tendering` a proposal to its award · `delivering` the agreement ·
`paying` its tranches · `rating` the work · `venturing` a round of grants. `whole` walks the way from proposal to
publication at once.
"""
