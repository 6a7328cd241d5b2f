"""Reading what banks and treasuries send: each a pure function of the file's bytes, and each with a limit."""
