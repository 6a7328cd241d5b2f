"""A charity-venture round (公益创投): from its call to grants that go on as projects, one step per file."""
