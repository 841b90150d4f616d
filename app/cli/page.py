"""An assessment, and a rule, as a page on a terminal that a clinician would want to read."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.api.answers import Preview
from app.api.cause_answers import BaseRate, CauseAnswer
from app.api.safety_answers import Safety
from app.api.shapes import CitedFigure
from app.engine.describe import outline
from app.engine.rules import Rule
from app.engine.ruleset import Ruleset

TIER_WORDS = {
    "emergency_now": "EMERGENCY NOW",
    "same_day": "SAME DAY",
    "within_days": "WITHIN DAYS",
    "routine": "ROUTINE",
    "none": "none of the flags looked for",
}
TIER_STYLES = {
    "emergency_now": "bold white on red",
    "same_day": "bold red",
    "within_days": "bold yellow",
    "routine": "cyan",
    "none": "default",
}


def page(answer: Preview) -> RenderableType:
    """The assessment: safety first, then the verdict and what follows from it, then what it rests on."""
    return Group(
        _heading(answer),
        _safety(answer.safety),
        _verdict(answer),
        *_contradictions(answer),
        _symptoms(answer),
        _causes(answer),
        _next_steps(answer),
        _missing(answer),
        _basis(answer),
        Text(answer.notice, style="dim"),
    )


def _heading(answer: Preview) -> RenderableType:
    return Text.assemble(
        ("Assessment ", "bold"),
        f"on {answer.assessed_on}, day {answer.days_since_surgery} after surgery, phase {answer.phase}. ",
        (f"Rules {answer.ruleset.name} {answer.ruleset.version} {answer.ruleset.digest[:12]}", "dim"),
    )


def _safety(safety: Safety) -> RenderableType:
    lines: list[RenderableType] = [Text(_tier(safety), style=TIER_STYLES[safety.tier])]
    for flag in safety.flags:
        timing = ", outside its usual window" if flag.atypical_timing else ""
        lines.append(Text(f"{flag.code}  {flag.title} (by {flag.due_on}{timing})", style="bold"))
        lines.append(Padding(Text(flag.first_action), (0, 0, 0, 4)))
        lines.append(_sources(flag.evidence))
    if safety.worst_not_excluded != safety.tier:
        worst = TIER_WORDS[safety.worst_not_excluded]
        lines.append(Text(f"Not excluded while questions are open: {worst}", style="bold yellow"))
    lines += [Text(f"Ask: {question.question}") for question in safety.ask]
    if safety.not_covered:
        lines.append(Text("Not looked for: " + "; ".join(safety.not_covered) + ".", style="dim"))
    return Panel(Group(*lines), title="Safety", title_align="left")


def _tier(safety: Safety) -> str:
    """Never "nothing fires" alone while a question that was not asked leaves something possible."""
    if safety.tier == "none" and safety.worst_not_excluded != "none":
        return "CANNOT BE TOLD YET"
    return TIER_WORDS[safety.tier]


def _verdict(answer: Preview) -> RenderableType:
    verdict = answer.verdict
    lines: list[RenderableType] = [
        Text(_plain(verdict.status).upper(), style="bold"),
        Text(verdict.says),
        _sources(verdict.evidence),
        Text(_course(answer)),
        Text(f"Further action required: {_yes_no(verdict.further_action_required)}"),
    ]
    for remark in verdict.notes:
        lines.append(Text(f"- {remark.says}"))
    for says in filter(None, [verdict.boundary_note, verdict.divergence]):
        lines.append(Text(f"- {says}", style="italic"))
    return Panel(Group(*lines), title="Verdict", title_align="left")


def _contradictions(answer: Preview) -> Iterator[RenderableType]:
    """A panel of its own where something contradicts itself, so that it cannot be overlooked."""
    lines: list[RenderableType] = []
    for each in answer.contradictions:
        lines.append(Text(each.says, style="bold yellow"))
        lines += [Padding(Text(f"{fact.label}: {fact.seen}"), (0, 0, 0, 4)) for fact in each.facts]
    if lines:
        yield Panel(Group(*lines), title="Contradictions", title_align="left")


def _course(answer: Preview) -> str:
    verdict, pain = answer.verdict, answer.trajectory
    numbers = {"before": pain.baseline, "lowest": pain.lowest, "now": pain.now}
    shown = ", ".join(f"{word} {_number(value)}" for word, value in numbers.items())
    method = f"method {_plain(verdict.method)}, confidence {_plain(verdict.confidence)}"
    target = _yes_no(verdict.at_target)
    course = f"Trajectory {_plain(pain.status)}; index pain {verdict.index_pain}: {shown}"
    return f"{course}; {method}; at target: {target}."


def _symptoms(answer: Preview) -> RenderableType:
    table = Table("Symptom", "Before", "Now", "Prognosis", "", box=None, pad_edge=False)
    for symptom in answer.symptoms:
        table.add_row(
            _plain(symptom.symptom),
            symptom.baseline or "-",
            symptom.now or "-",
            _plain(symptom.prognosis),
            symptom.says,
        )
    return Panel(table, title="Symptoms", title_align="left")


def _causes(answer: Preview) -> RenderableType:
    lines = [line for cause in answer.causes for line in _cause(cause)]
    lines += [Text(f"Category: {label.term}. {label.says}", style="italic") for label in answer.labels]
    return Panel(Group(*(lines or [Text("None named.")])), title="Causes to weigh", title_align="left")


def _cause(cause: CauseAnswer) -> Iterator[RenderableType]:
    could_be = f", could be {' or '.join(map(_plain, cause.could_be))}" if cause.could_be else ""
    rate = f" (base rate {_share(cause.base_rate)})" if cause.base_rate else ""
    yield Text(f"{cause.term}: {_plain(cause.grade)}{could_be}{rate}", style="bold")
    yield Padding(Text(cause.says), (0, 0, 0, 4))
    for sign, remarks in (("+", cause.supporting), ("-", cause.against), ("=", cause.neutral)):
        for remark in remarks:
            yield Padding(Text(f"{sign} {remark.says}"), (0, 0, 0, 4))
    yield _sources(cause.evidence)


def _share(rate: BaseRate) -> str:
    said = f"{rate.low:.0%} to {rate.high:.0%}"
    if rate.literature_low is None or rate.literature_high is None:
        return said
    return f"{said}; in the literature {rate.literature_low:.0%} to {rate.literature_high:.0%}"


def _next_steps(answer: Preview) -> RenderableType:
    table = Table("By", "Urgency", "What to do", box=None, pad_edge=False)
    for step in answer.next_steps:
        table.add_row(str(step.due_on or "-"), _plain(step.urgency), step.action)
    review = Text(f"Next review: {answer.next_review_on or 'on demand'}", style="bold")
    return Panel(
        Group(table, review) if answer.next_steps else review, title="Next steps", title_align="left"
    )


def _missing(answer: Preview) -> RenderableType:
    lines = [Text(f"- {missing.question}") for missing in answer.missing]
    return Panel(
        Group(*(lines or [Text("Nothing that could change the answer.")])),
        title="Missing",
        title_align="left",
    )


def _basis(answer: Preview) -> RenderableType:
    waiting = sum(each.kind == "value" for each in answer.assumptions)
    lines = [
        Text(
            f"{len(answer.findings)} rules hold or stay open; {waiting} values used await clinical sign-off."
        )
    ]
    lines += [
        Text(f"Evidence overdue for review since {each.review_by}: {each.source}", style="yellow")
        for each in answer.evidence_overdue
    ]
    lines += [Text(f"{source.id}: {source.title}", style="dim") for source in answer.sources]
    return Panel(Group(*lines), title="Basis", title_align="left")


def _sources(evidence: list[CitedFigure]) -> RenderableType:
    cited = "; ".join(
        f"{each.source} {each.place}" + (f": {each.says}" if each.says else "") for each in evidence
    )
    return Padding(Text(f"[{cited}]", style="dim"), (0, 0, 0, 4))


def rules_table(ruleset: Ruleset) -> RenderableType:
    """Every rule by chapter."""
    table = Table("Rule", "Title", "Dossier", title=f"{ruleset.name} {ruleset.version}")
    for chapter in ruleset.chapters:
        table.add_section()
        for rule in chapter.rules:
            table.add_row(rule.id, rule.title, rule.dossier)
    return table


def rule_page(rule: Rule) -> RenderableType:
    """One rule in full."""
    lines = [Text(rule.title, style="bold"), Text(f"Dossier {rule.dossier}", style="dim")]
    lines += [Text("  " * depth + text) for depth, text in outline(rule.when)]
    for each in rule.evidence:
        lines.append(Text(f"[{each.source.id} {each.place}] {each.says} ({each.verified})", style="dim"))
    if rule.divergence:
        lines.append(Text(rule.divergence, style="italic"))
    return Panel(Group(*lines), title=rule.id, title_align="left")


def _plain(word: str | None) -> str:
    return (word or "not known").replace("_", " ")


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:g}"


def _yes_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "cannot be told yet"}[value]
