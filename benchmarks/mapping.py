"""How long it takes to read a case from 20 resources of FHIR: `python -m benchmarks.mapping`."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, date, datetime

from app.interop.code_book import CodeBook
from app.interop.reading import draft_from
from tests.interop.as_fhir import bundle_of
from tests.knowledge.corpus import examples

RESOURCES = 20
TIMES = 3000


def main() -> None:
    """Print the median and the 95th percentile of one reading, in milliseconds."""
    book = CodeBook()
    example = max(examples(), key=lambda each: len(each.sent))
    resources = bundle_of(example.sent)[:RESOURCES]
    day, now = date.fromisoformat(example.sent["assessed_on"]), datetime.now(UTC)
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        draft_from(resources, subject="p1", now=now, assessed_on=day, book=book, channel="fhir")
        took.append((time.perf_counter() - start) * 1000)
    took.sort()
    p50, p95 = statistics.median(took), took[TIMES * 95 // 100]
    print(f"{len(resources)} resources: p50 {p50:.3f} ms, p95 {p95:.3f} ms")


if __name__ == "__main__":
    main()
