"""A headless Chromium, spoken to over two pipes in its own protocol: no driver, no extra package."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Without the sandbox, because tests also run as root in a container; it opens nothing but our own page.
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--remote-debugging-pipe",
)


def find_chromium() -> str | None:
    """The path of a browser, if one is installed."""
    return next((path for program in PROGRAMS if (path := shutil.which(program))), None)


class Page:
    """One page of the browser: commands go in, results and events come out."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._commands = commands
        self._answers = answers
        self._session: str | None = None
        self._number = 0
        self.events: list[dict[str, Any]] = []
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Network", "Page", "Runtime", "Log"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its result; events that come before it are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next_message()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def open(self, url: str) -> None:
        self.command("Page.navigate", url=url)

    def evaluate(self, script: str) -> Any:
        """The value of a script; a promise is waited for."""
        result = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait_until(self, condition: str, milliseconds: int = 20_000) -> None:
        """Wait until a condition holds on the page."""
        self.evaluate(
            "new Promise((holds, failed) => {"
            f"  setTimeout(() => failed(new Error({json.dumps(condition)})), {milliseconds});"
            f"  const look = () => ({condition}) ? holds() : setTimeout(look, 20);"
            "  look();"
            "})"
        )

    def requested(self) -> list[str]:
        """Every address the page asked for."""
        return [
            event["params"]["request"]["url"]
            for event in self.events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[dict[str, Any]]:
        """What the browser refused or could not run, such as violations of the content security policy."""
        return [
            event["params"]
            for event in self.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Network.loadingFailed")
        ]

    def _next_message(self) -> dict[str, Any]:
        text = b""
        while not text.endswith(b"\0"):
            character = self._answers.read(1)
            assert character, "the browser has gone"
            text += character
        message: dict[str, Any] = json.loads(text[:-1])
        return message


@contextmanager
def opened_page(program: str, profile: Path) -> Iterator[Page]:
    """A page of a new browser with an empty profile."""
    to_browser, sending = os.pipe()
    receiving, from_browser = os.pipe()
    # The browser reads commands from descriptor 3 and writes to 4.
    command = ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", program, *ARGUMENTS]
    process = subprocess.Popen(  # noqa: S603 - the program was found on the path, the rest is ours
        [*command, f"--user-data-dir={profile}"],
        pass_fds=(to_browser, from_browser),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser)
    os.close(from_browser)
    try:
        with os.fdopen(sending, "wb", buffering=0) as commands, os.fdopen(receiving, "rb") as answers:
            yield Page(commands, answers)
    finally:
        process.terminate()
        process.wait(10)
