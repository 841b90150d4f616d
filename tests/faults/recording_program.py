"""Records without end until it is killed, and says on standard output what it tries and what it was promised.

    python -m tests.faults.recording_program DATABASE_URL [--acknowledge-early]

With --acknowledge-early it lies: it promises before the commit. A test that does not notice is worth nothing.
"""

import asyncio
import sys
from uuid import uuid4

from app.audit.database import open_database
from app.audit.recorder import Recorder
from tests.audit.examples import a_keyed_record

CLIENTS = 32


def say(word: str, name: object) -> None:
    """One line, at once: what stays in a buffer dies with the program."""
    sys.stdout.write(f"{word} {name}\n")
    sys.stdout.flush()


async def client(recorder: Recorder, early: bool) -> None:
    """Record one after the other; key and answer follow from the id, so that the test can check them."""
    while True:
        name = uuid4()
        record = a_keyed_record(f"key-{name}", id=name, answer=name.bytes * 400)
        say("try", record.id)
        if early:
            say("ack", record.id)
        await recorder.record(record)
        if not early:
            say("ack", record.id)


async def main(url: str, early: bool) -> None:
    """Many clients at once."""
    recorder = Recorder(open_database(url))
    recorder.start()
    await asyncio.gather(*(client(recorder, early) for _ in range(CLIENTS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], early="--acknowledge-early" in sys.argv[2:]))
