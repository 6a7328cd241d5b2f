"""One folder per responsibility; services never import each other, they meet in events."""
