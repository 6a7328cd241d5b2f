"""What is allowed between proposal and award, and what then happened: one step of the story per file."""
