"""What every service shares: the one way to change anything, and the doors to it (HTTP, events, timers)."""
