"""The services that are compared, each in a process of its own: NAME PORT DATABASE_URL."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from time import perf_counter, sleep
from urllib.error import URLError

import uvicorn
from fastapi import FastAPI

from app.audit.migrations import KEYS, RECORD, migrate
from app.audit.secret_files import make_secrets

START_LIMIT_S = 30
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    name: str
    url: str
    pid: int
    started_in_s: float

    def resident_mb(self) -> float:
        """Memory that the process holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def cpu_s(self) -> float:
        """Processor time that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(name: str, database_url: str) -> Iterator[Running]:
    """Start a service on a free port, wait until it is ready, stop it afterwards."""
    if name == "product":
        migrate(database_url, RECORD)
        migrate(keys_url(database_url), KEYS)
        make_secrets(secrets_of(database_url))
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.servers", name, str(port), database_url]
    environment = {n: v for n, v in os.environ.items() if not n.startswith("DECOMPASS_")}
    start = perf_counter()
    process = subprocess.Popen(command, env=environment)  # noqa: S603 - this module, with our own words
    try:
        url = f"http://{LOOPBACK}:{port}"
        wait_until_ready(url, process, start + START_LIMIT_S)
        yield Running(name, url, process.pid, perf_counter() - start)
    finally:
        process.terminate()
        process.wait(timeout=START_LIMIT_S)


def keys_url(database_url: str) -> str:
    """Where the keys of subjects are kept."""
    return f"sqlite:///{_beside(database_url)}.keys"


def secrets_of(database_url: str) -> Path:
    """The folder of the secrets of all processes that serve this database."""
    return Path(f"{_beside(database_url)}.secrets")


def _beside(database_url: str) -> str:
    """What the names begin with: that of the file of the records, or a passing one for a server."""
    name = database_url.removeprefix("sqlite:///")
    if name != database_url:
        return name
    return str(Path(gettempdir(), sha256(database_url.encode()).hexdigest()[:16]))


def wait_until_ready(url: str, process: subprocess.Popen[bytes], limit: float) -> None:
    """Ask until the service says that it is ready."""
    while process.poll() is None and perf_counter() < limit:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=1):  # noqa: S310 - loopback only
                return
        except (URLError, ConnectionError, TimeoutError):
            sleep(0.01)
    raise RuntimeError(f"{url} did not become ready")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def serve_plain(app: FastAPI, port: int) -> None:
    """Uvicorn as it comes: uvloop and httptools, one worker."""
    uvicorn.run(app, host=LOOPBACK, port=port, access_log=False, log_level="warning")


def serve(name: str, port: int, database_url: str) -> None:
    """Run one of the services. Each imports what it needs itself, because its start is measured."""
    if name == "product":
        from app.api.server import serve as serve_product  # noqa: PLC0415 - as said above
        from app.audit.secrets import Secrets  # noqa: PLC0415 - as said above
        from app.main import create_app  # noqa: PLC0415 - as said above
        from app.settings import Settings  # noqa: PLC0415 - as said above

        environment: Mapping[str, str] = {
            "DECOMPASS_PORT": str(port),
            "DECOMPASS_DATABASE_URL": database_url,
            "DECOMPASS_KEYS_URL": keys_url(database_url),
        }
        secrets = Secrets.load(secrets_of(database_url), {})
        serve_product(partial(create_app, secrets=secrets), Settings.from_environment(environment))
    elif name in ("bare", "ready object"):
        from benchmarks.bare import create_bare  # noqa: PLC0415 - as said above

        serve_plain(create_bare(ready_object=name == "ready object"), port)
    else:
        from benchmarks.tutorial import create_tutorial  # noqa: PLC0415 - as said above

        serve_plain(create_tutorial(database_url), port)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), sys.argv[3])
