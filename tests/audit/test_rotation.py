"""A new key takes the place of the old one in every log at once, whatever happens on the way."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from app.audit import log_keys
from app.audit.errors import KeyReplaced, RecordDamaged, SecretsRefused, StoreUnavailable
from app.audit.next_secret import locked
from app.audit.records import Actor, Event
from app.audit.rotation import Rotation
from app.audit.secret_files import make_secrets
from app.audit.secrets import Secrets
from app.audit.store import Store, open_store
from app.audit.tables import log_key
from app.transparency.checkpoint import Signer, read_note
from app.transparency.keys import VerifierKey
from app.transparency.receipt import Receipt, check_receipt
from tests.audit.examples import RULESET, TENANT, a_recording
from tests.roles import OWNER, as_role, tampering
from tests.stores import ORIGIN

pytestmark = pytest.mark.anyio
TENANTS = (TENANT, "ward-1", "ward-2")
ROTATING = {"rotation", "next_secret", "secret_files", "rewrapping"}


@dataclass(frozen=True)
class Place:
    """Where a service keeps what it has, and the stores that were opened there."""

    urls: tuple[str, str]
    secrets: Path
    opened: list[Store]

    @property
    def owner_urls(self) -> tuple[str, str]:
        """The same, as the owner of the tables opens the record."""
        return as_role(self.urls[0], OWNER), self.urls[1]

    def store(self) -> Store:
        """As a process that is started now finds it; running."""
        store = open_store(*self.urls, Secrets.load(self.secrets, {}), ORIGIN)
        self.opened.append(store)
        store.require_usable()
        store.recorder.start()
        return store

    def close(self) -> None:
        """End every process."""
        for each in self.opened:
            each.close()
        self.opened.clear()

    def rotation(self) -> Rotation:
        """As a command that is started now finds it, with the owner's address."""
        store = open_store(*self.owner_urls, Secrets.load(self.secrets, {}), ORIGIN)
        self.opened.append(store)
        return Rotation(self.secrets, {}, store)


@pytest.fixture
def place(database_url: str, sqlite_keys_url: str, tmp_path: Path) -> Iterator[Place]:
    """A place with new secrets and nothing recorded."""
    make_secrets(tmp_path / "secrets")
    opened: list[Store] = []
    place = Place((database_url, sqlite_keys_url), tmp_path / "secrets", opened)
    yield place
    place.close()


@pytest.fixture
async def used(place: Place) -> Store:
    """A running service with a record of three tenants."""
    store = place.store()
    store.archive.save_ruleset(*RULESET)
    for tenant in TENANTS:
        await store.recorder.record(a_recording(tenant=tenant))
    return store


def event_of(tenant: str) -> Event:
    return Event(uuid4(), datetime.now(UTC), Actor(tenant, "tests"), "key")


def leaf(store: Store, tenant: str, index: int) -> dict[str, Any]:
    (found,) = store.log.entries(tenant, index, index + 1)
    members: dict[str, Any] = json.loads(found.meta)
    return members


async def require_rotated(place: Place, old: Store) -> None:
    """Every log has a leaf that names the new key, signed by the old one; from then on the new one signs."""
    new = place.store()
    before, after = old.vault.signer.log_key, new.vault.signer.log_key
    assert before != after
    assert new.vault.verifier_keys == (before, after)
    for tenant in TENANTS:
        said = leaf(new, tenant, 1)
        assert (said["kind"], said["what"], said["verifier_key"]) == ("key", "signing", str(after))
        head = new.log.head(tenant)
        assert head
        assert head.size == 2
        assert read_note(head.note, [before]) == read_note(head.note, [after])
        stored = await new.recorder.record(a_recording(tenant=tenant))
        receipt = Receipt.from_json(json.dumps(json.loads(stored.answer)["receipt"]).encode())
        assert check_receipt(receipt, [after], new.log.entries(tenant, 2, 3)[0].meta) == ()
    with pytest.raises(StoreUnavailable):
        await old.recorder.record(a_recording())


async def test_a_new_signing_key_signs_every_log_and_the_old_one_none(place: Place, used: Store) -> None:
    assert place.rotation().signing(event_of) == len(TENANTS)
    await require_rotated(place, used)


async def test_a_process_with_the_old_signing_key_appends_nothing_anywhere(
    place: Place, used: Store, caplog: pytest.LogCaptureFixture
) -> None:
    place.rotation().signing(event_of)
    for tenant in (TENANT, "a-new-one"):
        with pytest.raises(StoreUnavailable):
            await used.recorder.record(a_recording(tenant=tenant))
    assert "restart this process" in caplog.text
    assert used.recorder.healthy
    new = place.store()
    assert new.log.head("a-new-one") is None
    await new.recorder.record(a_recording(tenant="a-new-one"))


async def test_keys_can_be_rotated_again_and_again(place: Place, used: Store) -> None:
    for _ in range(3):
        assert place.rotation().signing(event_of) == len(TENANTS)
        assert place.rotation().master() == len(TENANTS)
    store = place.store()
    assert len(store.vault.verifier_keys) == 4
    for index in range(1, 4):
        assert leaf(store, TENANT, index)["kind"] == "key"
    assert used.vault.signer.log_key == store.vault.verifier_keys[0]


async def test_a_process_with_the_old_master_key_refuses_until_it_is_started_again(
    place: Place, used: Store
) -> None:
    recording = a_recording()
    await used.recorder.record(recording)
    assert place.rotation().master() == len(TENANTS)

    for subject in ("patient-1", "a-new-one"):
        with pytest.raises(StoreUnavailable):
            await used.recorder.record(a_recording(subject=subject))
    with pytest.raises(KeyReplaced):
        used.archive.get(TENANT, recording.record.id)
    new = place.store()
    assert new.archive.get(TENANT, recording.record.id) == recording.record
    previous = Secrets.load(place.secrets, {"DECOMPASS_SECRETS_MASTER": used.vault.secrets.master.hex()})
    assert (place.secrets / "master.previous.key").read_text().strip() == previous.master.hex()


@pytest.mark.parametrize("column", ["key_id", "subject_tag", "wrapped", "tenant"])
async def test_a_key_row_of_another_form_is_told_and_stops_no_rotation_of_the_master_key(
    place: Place, used: Store, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The rotation may be the answer to a theft: no altered row holds it up, and all others are wrapped."""
    kept, lost = a_recording(subject="kept"), a_recording(subject="lost")
    for each in (kept, lost):
        await used.recorder.record(each)
    (key_id,) = used.vault.subject_keys.key_ids_of(TENANT, "lost")
    planted = "x'00'" if column == "tenant" else "'a planted text'"
    with used.keys.writer.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE subject_key SET {column} = {planted} WHERE key_id = '{key_id.hex}'"  # noqa: S608 -- our own words
        )
    assert place.rotation().master() == len(TENANTS) + 1
    (told,) = (each for each in caplog.records if each.levelname == "CRITICAL")
    assert ("no readable id" if column == "key_id" else str(key_id)) in told.message
    assert "planted" not in caplog.text
    new = place.store()
    assert new.archive.get(TENANT, kept.record.id) == kept.record
    with pytest.raises(RecordDamaged):
        new.archive.get(TENANT, lost.record.id)


async def test_a_master_key_is_not_replaced_where_no_key_row_can_be_read(place: Place, used: Store) -> None:
    with used.keys.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE subject_key SET wrapped = 'a planted text'")
    with pytest.raises(SecretsRefused, match="No key was wrapped"):
        place.rotation().master()
    assert Secrets.load(place.secrets, {}).master == used.vault.secrets.master


def crashing(step: int) -> Callable[..., Any]:
    """A trace that ends the command at that line of the modules that rotate, as a crash there would."""
    left = [step]

    def trace(frame: FrameType, happened: str, _: object) -> Callable[..., Any] | None:
        code = frame.f_code
        # A process that ends lets go of its lock; in a test, only the code behind it does.
        if Path(code.co_filename).stem not in ROTATING or code.co_name == "locked":
            return None
        if happened == "line":
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return trace

    return trace


def crashed(step: int, rotate: Callable[[], int]) -> bool:
    """Whether the command came to that line, and ended there."""
    sys.settrace(crashing(step))
    try:
        rotate()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
    return False


def starts(place: Place) -> bool:
    """Whether a process can be started; where not, it is told to finish the rotation."""
    try:
        place.store()
    except SecretsRefused as refusal:
        return "rotation" not in str(refusal)
    return True


# What a process that ends would close, a trace that raises between two lines leaves open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.fault
@pytest.mark.parametrize("which", ["signing", "master"])
async def test_a_rotation_can_crash_anywhere_and_be_finished_by_the_same_command(
    place: Place, used: Store, which: str
) -> None:
    """A start after the crash goes well, or is refused with a sentence; nothing is lost or half done."""
    recording = a_recording()
    await used.recorder.record(recording)
    refused = 0

    def rotate() -> int:
        rotation = place.rotation()
        return rotation.signing(event_of) if which == "signing" else rotation.master()

    for step in count(1):
        came_there = crashed(step, rotate)
        if not starts(place):
            refused += 1
            rotate()
        store = place.store()
        assert store.archive.get(TENANT, recording.record.id) == recording.record
        head = store.log.head(TENANT)
        assert head
        assert read_note(head.note, store.vault.verifier_keys).size == head.size
        place.close()
        if not came_there:
            break
    assert step > 20
    assert refused > 0
    rotate()
    assert sorted(path.name for path in place.secrets.iterdir() if ".next" in path.name) == []
    again = place.store()
    assert (await again.recorder.record(a_recording())).replayed is False


async def test_a_lost_signing_key_is_never_replaced_in_silence(place: Place, used: Store) -> None:
    used.close()
    (place.secrets / "signing.pem").unlink()
    make_secrets(place.secrets)
    with pytest.raises(SecretsRefused, match="Bring back"):
        place.store()
    with pytest.raises(StoreUnavailable):
        place.rotation().signing(event_of)


async def test_a_lost_signing_key_is_noticed_after_a_rotation_and_a_migration_too(
    place: Place, used: Store
) -> None:
    place.rotation().signing(event_of)
    used.close()
    (place.secrets / "signing.pem").unlink()
    make_secrets(place.secrets)
    with pytest.raises(SecretsRefused, match="Bring back"):
        place.store()
    stranger = open_store(*place.owner_urls, Secrets.load(place.secrets, {}), ORIGIN)
    with pytest.raises(SecretsRefused, match="Bring back"):
        stranger.migrate(b"")
    stranger.close()


def test_the_key_of_a_migrated_database_is_known_before_its_first_record(place: Place) -> None:
    first = open_store(*place.owner_urls, Secrets.load(place.secrets, {}), ORIGIN)
    first.migrate(b"")
    first.migrate(b"")
    first.close()
    renamed = open_store(*place.urls, Secrets.load(place.secrets, {}), "another.example")
    with pytest.raises(SecretsRefused, match="origin"):
        renamed.require_usable()
    renamed.close()


def stranger(origin: str) -> VerifierKey:
    return Signer(origin, Ed25519PrivateKey.from_private_bytes(bytes(32))).log_key


@pytest.mark.parametrize(
    "forged",
    ["x", "", str(stranger("another.example")), str(stranger(ORIGIN))],
    ids=["no key", "nothing", "of another log", "of this log"],
)
async def test_a_row_of_a_key_that_signed_no_log_stops_nobody(
    place: Place, used: Store, forged: str, caplog: pytest.LogCaptureFixture
) -> None:
    with tampering(used.database.writer.url) as connection:
        log_keys.register(connection, used.vault.signer.log_key)
        connection.execute(insert(log_key).values(number=99, verifier_key=forged))

    await used.recorder.record(a_recording(tenant="a-new-one"))
    again = place.store()
    await again.recorder.record(a_recording(tenant="another-new-one"))
    assert {each.levelname for each in caplog.records if "number 99" in each.message} == {"CRITICAL"}
    assert place.rotation().signing(event_of) == len(TENANTS) + 2
    await place.store().recorder.record(a_recording(tenant="the-newest-one"))
    with pytest.raises(StoreUnavailable):
        await again.recorder.record(a_recording(tenant="of-the-old-key"))


def test_one_rotation_at_a_time(place: Place) -> None:
    with locked(place.secrets), pytest.raises(SecretsRefused, match="under way"):
        place.rotation().signing(event_of)


def test_a_key_from_the_environment_is_not_rotated_in_the_folder(place: Place) -> None:
    store = open_store(*place.urls, Secrets.load(place.secrets, {}), ORIGIN)
    rotation = Rotation(
        place.secrets, {"DECOMPASS_SECRETS_MASTER": "", "DECOMPASS_SECRETS_EARLIER": ""}, store
    )
    with pytest.raises(SecretsRefused, match="DECOMPASS_SECRETS_EARLIER"):
        rotation.signing(event_of)
    with pytest.raises(SecretsRefused, match="DECOMPASS_SECRETS_MASTER"):
        rotation.master()
    store.close()
