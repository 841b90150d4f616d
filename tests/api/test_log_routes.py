"""The log over HTTP: heads, leaves and proofs that a stranger can check with a public key alone."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import update

from app.audit.database import open_database
from app.audit.tables import log_head
from app.transparency.checkpoint import read_note
from app.transparency.keys import VerifierKey
from app.transparency.receipt import Growth, Receipt, check_growth, check_receipt
from app.transparency.tree import leaf_hash, verify_inclusion
from tests.api.conftest import Check
from tests.api.guarded import WARD, Guarded, guarded_service, new_key
from tests.api.service import ASSESS, Service, example

pytestmark = pytest.mark.anyio
LOG = "/v1/log"


async def head(service: Service) -> dict[str, Any]:
    answer = await service.client.get(f"{LOG}/checkpoint")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_receipt_proves_the_record_with_the_public_key_alone(
    service: Service, as_published: Check
) -> None:
    answer = (await service.record(example())).json()
    as_published("Assessment", answer)
    now = await head(service)
    as_published("CheckpointAnswer", now)
    receipt = Receipt.from_json(json.dumps(answer["receipt"]))
    leaves = await service.client.get(
        f"{LOG}/entries", params={"from": receipt.index, "to": receipt.index + 1}
    )
    as_published("EntriesAnswer", leaves.json())
    (leaf,) = leaves.json()["items"]
    keys = [VerifierKey.from_text(now["verifier_key"])]

    assert check_receipt(receipt, keys, leaf["meta"].encode()) == ()
    assert json.loads(leaf["meta"])["id"] == answer["id"]


async def test_a_leaf_is_proved_to_be_in_every_later_head(service: Service, as_published: Check) -> None:
    index = (await service.record(example())).json()["receipt"]["index"]
    for _ in range(3):
        await service.recorded(example("smallest"))
        now = await head(service)
        proof = await service.client.get(f"{LOG}/inclusion", params={"index": index, "size": now["size"]})
        as_published("InclusionAnswer", proof.json())
        said = proof.json()
        leaf, path = leaf_hash(said["leaf"]["meta"].encode()), [b64decode(each) for each in said["path"]]

        assert verify_inclusion(leaf, index, now["size"], path, b64decode(now["root"]))


async def test_each_head_is_proved_to_continue_the_one_before(service: Service, as_published: Check) -> None:
    await service.recorded(example())
    before = await head(service)
    await service.recorded(example("smallest"))
    after = await head(service)
    proof = await service.client.get(
        f"{LOG}/consistency", params={"from": before["size"], "to": after["size"]}
    )
    as_published("ConsistencyAnswer", proof.json())
    keys = [VerifierKey.from_text(after["verifier_key"])]

    assert after["size"] > before["size"]
    assert check_growth(before["checkpoint"], after["checkpoint"], Growth.from_json(proof.text), keys) == ()


async def test_every_read_is_a_leaf_before_it_is_answered(service: Service) -> None:
    record_id = await service.recorded(example())
    asked = (
        ("GET", f"{ASSESS}/{record_id}", "read", "answer"),
        ("GET", f"{ASSESS}/{record_id}/case", "read", "case"),
        ("GET", f"{ASSESS}/{record_id}/trace", "read", "trace"),
        ("POST", f"{ASSESS}/{record_id}/verify", "verify", "passed"),
    )
    for method, path, kind, what in asked:
        size = (await head(service))["size"]
        assert (await service.client.request(method, path)).status_code == 200
        now = await head(service)
        leaves = await service.client.get(f"{LOG}/entries", params={"from": size, "to": now["size"]})
        said = [json.loads(leaf["meta"]) for leaf in leaves.json()["items"]]

        assert [(each["kind"], each["what"], each["of"]) for each in said] == [(kind, what, [record_id])]
        assert said[0]["actor"] == "loopback"
        assert len(said[0]["trace"]) == 32


async def test_a_replay_is_a_read_and_is_in_the_log(service: Service) -> None:
    first = await service.record(example(), "a-key-that-is-replayed")
    size = (await head(service))["size"]
    assert (await service.record(example(), "a-key-that-is-replayed")).status_code == 200
    leaves = await service.client.get(f"{LOG}/entries", params={"from": size, "to": size + 1})
    said = json.loads(leaves.json()["items"][0]["meta"])

    assert (said["kind"], said["what"], said["of"]) == ("read", "replay", [first.json()["id"]])


async def test_who_asks_for_what_is_not_his_is_in_his_own_log_and_in_no_other(
    sqlite_url: str, tmp_path: Any
) -> None:
    async with guarded_service(sqlite_url, tmp_path) as guarded:
        ours, theirs = bearer(new_key(guarded.url, tenant=WARD)), bearer(new_key(guarded.url, tenant="other"))
        posted = await guarded.client.post(ASSESS, json=example(), headers=ours)
        asked = [
            (method, part, each)
            for each in (posted.json()["id"], "00000000-0000-4000-8000-000000000000")
            for method, part in (
                *(("GET", part) for part in ("", "/case", "/trace")),
                *(("POST", part) for part in ("/verify", "/corrections")),
            )
        ]
        for method, part, each in asked:
            assert (await ask(guarded, method, f"{ASSESS}/{each}{part}", theirs)).status_code == 404
        ours_told, theirs_told = [
            [json.loads(leaf["meta"]) for leaf in leaves.json()["items"]]
            for leaves in [
                await guarded.client.get(f"{LOG}/entries?from=0&to=100", headers=who)
                for who in (ours, theirs)
            ]
        ]

    told = [(leaf["kind"], leaf["what"], leaf["of"]) for leaf in theirs_told]
    assert told == [("read", "refused", [each]) for _, _, each in asked]
    assert [leaf["kind"] for leaf in ours_told] == ["assess"]


async def test_a_search_leaves_what_it_showed_and_not_what_it_asked_for(service: Service) -> None:
    record_id = await service.recorded(example(subject="sought-after"))
    size = (await head(service))["size"]
    found = await service.client.post(f"{ASSESS}/search", json={"subject": "sought-after"})
    leaves = await service.client.get(f"{LOG}/entries", params={"from": size, "to": size + 1})
    (leaf,) = leaves.json()["items"]

    assert [each["id"] for each in found.json()["items"]] == [record_id]
    assert json.loads(leaf["meta"])["of"] == [record_id]
    assert "sought-after" not in leaf["meta"]


async def test_no_leaf_holds_anything_of_a_patient(service: Service) -> None:
    case = example(subject="canary-subject")
    await service.recorded(case)
    size = (await head(service))["size"]
    leaves = await service.client.get(f"{LOG}/entries", params={"from": size - 1, "to": size})

    assert "canary-subject" not in leaves.text
    assert "early_improving" not in leaves.text
    assert not {"leg_pain", "on_track", "too_early_to_judge"} & set(leaves.text.split('\\"'))


@pytest.mark.parametrize(
    "path",
    [
        "inclusion?index=0&size=999999999",
        "inclusion?index=999999999&size=1",
        "consistency?from=2&to=1",
        "consistency?from=0&to=999999999",
    ],
)
async def test_what_the_log_does_not_have_is_told(service: Service, as_published: Check, path: str) -> None:
    await service.recorded(example())
    answer = await service.client.get(f"{LOG}/{path}")

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (404, "not-in-the-log")


@pytest.mark.parametrize(
    "path",
    ["inclusion", "inclusion?index=-1&size=1", "entries?from=a&to=b", f"entries?from=0&to={2**63}"],
)
async def test_a_place_that_is_none_is_refused(service: Service, as_published: Check, path: str) -> None:
    answer = await service.client.get(f"{LOG}/{path}")

    as_published("Problem", answer.json())
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_the_head_verifies_under_its_own_name(service: Service) -> None:
    now = await head(service)
    checkpoint = read_note(now["checkpoint"], [VerifierKey.from_text(now["verifier_key"])])

    assert (checkpoint.origin, checkpoint.size) == (now["origin"], now["size"])
    assert checkpoint.origin == "test.example/local"


async def test_a_tenant_sees_nothing_of_another(sqlite_url: str, tmp_path: Any) -> None:
    async with guarded_service(sqlite_url, tmp_path) as guarded:
        ours, theirs = bearer(new_key(guarded.url, tenant=WARD)), bearer(new_key(guarded.url, tenant="other"))
        posted = await guarded.client.post(ASSESS, json=example(subject="shared"), headers=ours)
        record_id = posted.json()["id"]
        unknown = "00000000-0000-4000-8000-000000000000"
        await guarded.client.post(ASSESS, json=example(subject="shared"), headers=theirs)
        leaves = await guarded.client.get(f"{LOG}/entries?from=0&to=100", headers=theirs)

        for method, part in (
            ("GET", ""),
            ("GET", "/case"),
            ("GET", "/trace"),
            ("POST", "/verify"),
            ("POST", "/corrections"),
        ):
            answers = [
                await ask(guarded, method, f"{ASSESS}/{each}{part}", theirs) for each in (record_id, unknown)
            ]
            assert [answer.status_code for answer in answers] == [404, 404]
            assert without_trace(answers[0].json()) == without_trace(answers[1].json())

        found = await guarded.client.post(f"{ASSESS}/search", json={"subject": "shared"}, headers=theirs)
        heads = [
            (await guarded.client.get(f"{LOG}/checkpoint", headers=who)).json() for who in (ours, theirs)
        ]

    assert record_id not in [each["id"] for each in found.json()["items"]]
    assert len(found.json()["items"]) == 1
    assert [each["origin"] for each in heads] == [f"test.example/{WARD}", "test.example/other"]
    assert record_id not in leaves.text


@pytest.mark.parametrize("put", ["the head of another tenant", "an old note of its own"])
async def test_a_head_that_was_put_in_the_place_of_this_one_is_not_handed_out(
    sqlite_url: str, tmp_path: Any, put: str
) -> None:
    async with guarded_service(sqlite_url, tmp_path) as guarded:
        ours, theirs = bearer(new_key(guarded.url, tenant=WARD)), bearer(new_key(guarded.url, tenant="other"))
        old = await guarded.client.post(ASSESS, json=example(), headers=ours)
        for who in (ours, theirs, theirs):
            await guarded.client.post(ASSESS, json=example(), headers=who)
        notes = {
            "the head of another tenant": (
                await guarded.client.get(f"{LOG}/checkpoint", headers=theirs)
            ).json()["checkpoint"],
            "an old note of its own": old.json()["receipt"]["checkpoint"],
        }
        with closing(open_database(guarded.url)) as database, database.writer.begin() as connection:
            put_there = update(log_head).where(log_head.c.tenant == WARD).values(note=notes[put].encode())
            connection.execute(put_there)
        answer = await guarded.client.get(f"{LOG}/checkpoint", headers=ours)
        verified = await ask(guarded, "POST", f"{ASSESS}/{old.json()['id']}/verify", ours)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-in-the-log")
    assert verified.json()["log"]["flaws"] == ["log_altered"]


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def ask(guarded: Guarded, method: str, path: str, headers: dict[str, str]) -> Any:
    body = example() if path.endswith("/corrections") else None
    return await guarded.client.request(method, path, headers=headers, json=body)


def without_trace(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "trace_id"}
