"""Looks through the log of one tenant: rows, receipts, tree, head, and what was pinned of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from app.audit.meta import Members
from app.audit.pins import Pins
from app.audit.tables import erased, log_head, subtree
from app.audit.vault import Vault
from app.audit.whole.contents import Contents, Held
from app.audit.whole.findings import Finding, Tell
from app.audit.whole.folding import Fold, Level
from app.audit.whole.leaves import flaws_of, hash_of, members_of
from app.audit.whole.pinned import Restored, flaws_of_pins
from app.audit.whole.rows import INDEX, RECEIPT, Values, entries_of
from app.transparency.checkpoint import Checkpoint, NoteRefused, read_note

Step = Callable[[int], None]
"""Told how many entries were looked at."""
Mark = tuple[str, int]
"""A key of a subject in hexadecimal, and the index of the leaf that says it was erased."""


class LogCheck:
    """One look through one log."""

    def __init__(self, tenant: str, vault: Vault, pins: Pins, tell: Tell) -> None:
        self._tenant = tenant
        self._origin = vault.origin_of(tenant)
        self._keys = vault.verifier_keys
        self._pins = pins.of(self._origin)
        self._tell = tell
        self._fold = Fold(self._origin, self._keys, self._pins)
        self._next = 0
        self._erased: set[Mark] = set()
        self._broken = False
        self.held: set[Held] = set()
        self._restored: list[Restored] = []

    def run(self, connection: Connection, step: Step, contents: Contents | None = None) -> int:
        """Look through all of it; how many entries there are."""
        count = 0
        stored_erased = self._stored_erased(connection)
        last_erased = dict(sorted(stored_erased))
        for some in entries_of(connection, self._tenant):
            read = [(row, members_of(row)) for row in some]
            for row, members in read:
                self._entry(row, members)
            if contents is not None:
                self._tell_all(contents.flaws(self._tenant, read, last_erased))
            count += len(some)
            step(len(some))
        self._tell_all(self._fold.finish())
        self._erasures(stored_erased)
        self._subtrees(connection)
        self._head(connection)
        for flaw in flaws_of_pins(self._pins, self._fold.roots, self._next, self._restored):
            self._tell(Finding(flaw.what, self._tenant, declared=flaw.declared))
        return count

    def _entry(self, row: Values, members: Members | None) -> None:
        index, hashed = row[INDEX], hash_of(row)
        if index != self._next:
            self._say(f"the entries from {self._next} to before {index!r} are missing")
            self._next, self._broken = index if isinstance(index, int) else self._next, True
        self._next += 1
        for flaw in (flaws := flaws_of(row, members, hashed)):
            self._say(flaw, index)
        if not self._broken:  # behind a gap no tree can be told
            for place, flaw in self._fold.add(hashed, row[RECEIPT]):
                self._say(flaw, place)
        if members is not None and not flaws:
            self._note(members, index)

    def _note(self, members: Members, index: int) -> None:
        kind = members["kind"]
        if kind == "erase":
            self._erased |= {(key, index) for key in keys_erased_by(members)}
        elif kind == "hold" and members["what"] in ("held", "released"):
            keys = {(self._tenant, str(key).replace("-", "")) for key in members["of"]}
            self.held = self.held | keys if members["what"] == "held" else self.held - keys
        elif kind == "recover":
            self._restored.append(Restored(index, int(members["restored"]), int(members["pinned"])))

    def _stored_erased(self, connection: Connection) -> set[Mark]:
        asked = select(erased.c.key_id, erased.c.idx).where(erased.c.tenant == self._tenant)
        return {(row.key_id.hex, row.idx) for row in connection.execute(asked)}

    def _erasures(self, stored: set[Mark]) -> None:
        for _, index in sorted(stored ^ self._erased):
            self._say("the list of erased keys differs from the leaves that say so", index)

    def _subtrees(self, connection: Connection) -> None:
        asked = (
            select(subtree.c.level, subtree.c.idx, subtree.c.hash)
            .where(subtree.c.tenant == self._tenant)
            .order_by(subtree.c.level, subtree.c.idx)
        )
        found: dict[int, tuple[int, Any]] = {}
        with connection.execute(asked, execution_options={"yield_per": 1000}) as result:
            for level, index, hashed in result:
                count, digest = found.get(level, (0, sha256()))
                in_order = index == count and isinstance(hashed, bytes)
                digest.update(hashed if in_order else b"damaged")
                found[level] = (count + 1, digest)
        stored = {level: Level(count, digest.hexdigest()) for level, (count, digest) in found.items()}
        expected = self._fold.levels
        for level in sorted(stored.keys() | expected.keys()):
            if stored.get(level) != expected.get(level):
                self._say(f"the stored subtrees of level {level} are not those of the leaves")

    def _head(self, connection: Connection) -> None:
        head = connection.execute(select(log_head).where(log_head.c.tenant == self._tenant)).first()
        if head is None:
            self._say("the log has entries and no head")
            return
        for flaw in self._flaws_of_head(head):
            self._say(flaw)

    def _flaws_of_head(self, head: Row[Any]) -> Iterator[str]:
        tree = self._fold.frontier
        if head.size != self._next or tree.size != self._next:
            yield f"the head counts {head.size!r} entries, and {tree.size} are here"
        if head.frontier != tree.to_bytes():
            yield "the frontier of the head is not that of the leaves"
        if tree.size == 0 and head.note == b"":
            return  # a log that was opened and never appended to
        try:
            signed = read_note(head.note.decode(), self._keys)
        except (NoteRefused, ValueError, AttributeError):
            yield "the head is not signed by this log"
            return
        if signed != Checkpoint(self._origin, tree.size, tree.root):
            yield "the signed head is that of another tree"

    def _tell_all(self, found: Iterable[tuple[int | None, str]]) -> None:
        for index, what in found:
            self._say(what, index)

    def _say(self, what: str, index: Any = None) -> None:
        self._tell(Finding(what, self._tenant, index))


def keys_erased_by(members: Members) -> list[str]:
    """The keys of subjects that an `erase` leaf names, in hexadecimal; a refusal erases none."""
    return [str(key).replace("-", "") for key in members["of"]] if members.get("what") == "erased" else []
