"""Of which patient a resource is, and on which server; and whether that patient is alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.interop.addresses import URN, Named, home_of, named
from app.interop.resources import Clock, Resource, days_of, moment_of, reference_of


def patients_by_address(resources: Sequence[Resource]) -> dict[str, Named]:
    """Each Patient by the address (fullUrl) that entries of a Bundle refer to."""
    patients = ((each.address, _id_of(each)) for each in resources if each.type == "Patient")
    return {address: Named(known, home_of(address)) for address, known in patients if address and known}


def patient_of(resource: Resource, by_address: Mapping[str, Named]) -> Named | None:
    """The patient it is of; with an empty id where it names none, None where that cannot be read."""
    if resource.type == "Patient":
        known = _id_of(resource)
        return Named(known) if known or not resource.address else None
    return by_address.get(reference_of(resource.body)) or resource.about


def servers_of(resources: Sequence[Resource]) -> frozenset[str]:
    """The servers on which the patients are, by references and addresses (fullUrl), as far as these tell."""
    by_address = patients_by_address(resources)
    of_each = ((each, patient_of(each, by_address)) for each in resources)
    servers = {(patient.server if patient else "") or home_of(each.address) for each, patient in of_each}
    return frozenset(servers - {""})


def has_died(patient: Resource, clock: Clock) -> bool:
    """Whether the patient had died by the day of the assessment, or at a time that cannot be read."""
    said = patient.body.get("deceasedDateTime")
    if patient.body.get("deceasedBoolean") is True:
        return True
    if not isinstance(said, str) or not said:
        return False
    if (moment := moment_of(said)) is not None:
        return clock.day_in_case(moment) is not None
    days = days_of(said)
    return days is None or days[0] <= clock.day


def _id_of(patient: Resource) -> str:
    """The id of a Patient, else that in its address; empty where neither tells."""
    if patient.reference:
        return patient.reference.partition("/")[2]
    if found := URN.fullmatch(patient.address):
        return found[1]
    in_address = named(patient.address)
    return in_address.id if in_address else ""
