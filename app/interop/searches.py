"""The Bundle that a search is answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.interop.elements import Element, with_members


def searchset(found: Sequence[Element], total: int, links: Mapping[str, str], base_url: str) -> Element:
    """What was found of *total*, with *links* by their relation, such as ``self`` and ``next``."""
    return with_members(
        {"resourceType": "Bundle", "type": "searchset", "total": total},
        link=[{"relation": relation, "url": url} for relation, url in links.items()],
        entry=[
            {
                "fullUrl": f"{base_url}/fhir/{each['resourceType']}/{each['id']}",
                "resource": each,
                "search": {"mode": "match"},
            }
            for each in found
        ],
    )
