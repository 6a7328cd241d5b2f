"""What a server writes about itself."""

import os
from pathlib import Path

KEEP_BYTES = 10 * 1024 * 1024
READ_BYTES = 64 * 1024


class Log:
    """The files one server writes to; knows what was written since its latest start."""

    def __init__(self, *paths: Path) -> None:
        self.paths = paths
        self._began = dict.fromkeys(paths, 0)

    def begin(self) -> int:
        """Open the first file for the server's own output; one beyond 10 MiB is set aside as `<name>.1`."""
        output = self.paths[0]
        if _size(output) > KEEP_BYTES:
            output.replace(output.with_name(output.name + ".1"))
        self._began = {path: _size(path) for path in self.paths}
        return os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def last_lines(self, count: int) -> str:
        """The end of what was written to each file since `begin`, under the file's name."""
        ends = {path: self._since_begin(path).splitlines()[-count:] for path in self.paths}
        return "\n".join(
            "\n  ".join([f"日志末尾 The last lines of {path}:", *lines]) for path, lines in ends.items() if lines
        )

    def says(self, words: str) -> bool:
        """Whether the server said so since `begin`."""
        return any(words in self._since_begin(path) for path in self.paths)

    def _since_begin(self, path: Path) -> str:
        size = _size(path)
        if size == 0:
            return ""
        rolled = size < self._began[path]
        with path.open("rb") as file:
            file.seek(max(0 if rolled else self._began[path], size - READ_BYTES))
            return file.read().decode(errors="replace")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
