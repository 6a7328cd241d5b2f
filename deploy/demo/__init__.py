"""What a demonstration plays with: real elections, and the story of one street."""
