"""What crosses a boundary: facts, commands, money, rulebooks, refusals. Pure: no I/O, imports nothing of ours."""
