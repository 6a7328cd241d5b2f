"""What the commands print for programs."""

import json


def json_line(**told: object) -> str:
    """One JSON object on one line; what the shell passed in that is not text is written as an escape."""
    return json.dumps(told, ensure_ascii=False).encode(errors="backslashreplace").decode()
