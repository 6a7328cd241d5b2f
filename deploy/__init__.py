"""How it runs: command line, embedded servers, schemas, demo data."""
