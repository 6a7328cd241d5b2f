"""The community's register of residents, and the tokens issued against it."""
