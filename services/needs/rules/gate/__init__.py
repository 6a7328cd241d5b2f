"""The gate before a community (工作进社区准入): one step of an item's story per file."""
