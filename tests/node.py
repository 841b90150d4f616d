"""Tools that run on node: a project of exact versions in a folder, installed once from its lock."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = (20, 19)
SECONDS = 540
NEEDED = f"node {'.'.join(map(str, OLDEST))} or newer and npm, which run tools that are not ours"


def why_not() -> str | None:
    """Why no such tool can run on this machine; None where it can."""
    node = shutil.which("node")
    if not (node and shutil.which("npm")):
        return f"{NEEDED}, are not on this machine"
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 -- ours
    found = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    return None if found >= OLDEST else f"{NEEDED}: this machine has {told.strip()}"


class NodeProject:
    """A folder with package.json and package-lock.json; what they name is in node_modules, git-ignored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self) -> None:
        """As the lock says, with no script of a package run; at most once for each state of the lock."""
        lock = self.folder / "package-lock.json"
        state = hashlib.sha256(lock.read_bytes()).hexdigest()
        done = self.folder / "node_modules" / ".installed"
        with lock.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # several workers of one run
            if not (done.exists() and done.read_text() == state):
                installed = self._run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                assert installed.returncode == 0, installed.stderr
                done.write_text(state)

    def tool(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a tool of the project, in its folder."""
        return self._run(self.folder / "node_modules" / ".bin" / name, *arguments)

    def program(self, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program in JavaScript."""
        return self._run("node", file, *arguments)

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- ours
            command,
            cwd=self.folder,
            env={**os.environ, "REDOCLY_TELEMETRY": "off", "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
