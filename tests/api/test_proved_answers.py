"""An answer with its receipt proves itself, byte for byte, with the public key alone."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from app.cli.__main__ import main
from app.transparency.offline import RECEIPT, answer_flaws
from app.transparency.receipt import ProofRefused
from tests.api.service import Service, example
from tests.stores import store_at

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def keys(service: Service) -> list[str]:
    """The public key of the service, as somebody has it who pinned it."""
    store = store_at(service.url)
    return [store.vault.signer.verifier_key]


async def test_an_answer_is_proved_as_it_was_received(service: Service, keys: list[str]) -> None:
    posted = await service.record(example())
    read = await service.client.get(posted.headers["location"])

    assert answer_flaws(posted.content, keys) == answer_flaws(read.content, keys) == ()


async def test_no_byte_of_an_answer_can_be_changed(service: Service, keys: list[str]) -> None:
    answer = (await service.record(example("smallest"))).content
    end, source = answer.rindex(RECEIPT), random.Random(2605)
    for place in source.sample(range(end), 60):
        changed = bytes([answer[place] ^ (1 << source.randrange(8))])
        assert "answer_altered" in answer_flaws(answer[:place] + changed + answer[place + 1 :], keys)


async def test_the_receipt_of_one_answer_proves_no_other(service: Service, keys: list[str]) -> None:
    ours = (await service.record(example("modest_gain"))).content
    theirs = (await service.record(example("cauda_equina"))).content
    mixed = ours[: ours.rindex(RECEIPT)] + theirs[theirs.rindex(RECEIPT) :]

    assert answer_flaws(mixed, keys) == ("answer_altered",)


async def test_a_correction_and_a_replay_are_proved_alike(service: Service, keys: list[str]) -> None:
    first = await service.record(example(), "a-key-to-be-replayed")
    replayed = await service.record(example(), "a-key-to-be-replayed")
    corrected = await service.client.post(f"{first.headers['location']}/corrections", json=example())

    assert (replayed.status_code, replayed.content) == (200, first.content)
    assert answer_flaws(corrected.content, keys) == ()


async def test_a_preview_has_nothing_to_prove(service: Service, keys: list[str]) -> None:
    preview = await service.client.post("/v1/assessments/preview", json=example())

    with pytest.raises(ProofRefused):
        answer_flaws(preview.content, keys)


async def test_the_command_checks_an_answer_and_a_receipt_alone(
    service: Service, keys: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = (await service.record(example())).content
    altered = answer.replace(b'"early"', b'"later"', 1)
    alone = json.dumps(json.loads(answer)["receipt"]).encode()
    told = []
    for name, text in (("answer", answer), ("altered", altered), ("alone", alone)):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(SystemExit) as ended:
            main(["check-receipt", str(tmp_path / name), "--key", *keys])
        told.append((ended.value.code, "byte for byte" in capsys.readouterr().out))

    assert told == [(0, False), (1, True), (0, False)]
