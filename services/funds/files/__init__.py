"""Reading the files people hand over: each a pure function of the bytes, and each with a limit."""
