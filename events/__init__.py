"""The spine: how a fact leaves one service and reaches another exactly once. Knows no service."""
