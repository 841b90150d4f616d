"""Thresholds of the chapters on next steps, each named and sourced (dossier 6.1 to 6.3)."""

from __future__ import annotations

from app.knowledge.citations import STIMULATION_AFTER_SURGERY, STIMULATION_CRITERIA
from app.knowledge.thresholds import proposed, published

PAIN_SERVICE_POINTS = proposed(
    "pain_service_points",
    4,
    "points",
    "pain that calls for a pain service where imaging shows no target",
    "6.3",
)
STIMULATION_POINTS = published(
    "stimulation_points",
    5,
    "points",
    "pain at which spinal cord stimulation can be assessed",
    STIMULATION_CRITERIA,
)
STIMULATION_MONTHS = published(
    "stimulation_months",
    6,
    "months",
    "spinal cord stimulation can be assessed",
    STIMULATION_AFTER_SURGERY,
)
