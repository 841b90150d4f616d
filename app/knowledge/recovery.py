"""What is to be expected of each symptom: a clock of its own for pain, numbness, tingling and weakness (S13-S15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.engine.calculate import calculated
from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import Choice, Day, Quantity, YesNo, when_recorded
from app.engine.rules import Chapter, Decision, Rule
from app.knowledge.citations import (
    BASS_SIX_WEEKS,
    NUMBNESS_COURSE,
    S5,
    S7,
    S9,
    S10,
    S13,
    S14,
    S15,
    S16,
    S17,
    S19,
    WEAKNESS_COURSE,
)
from app.knowledge.conclusions import Prognosis
from app.knowledge.course import IN_SCOPE, index_status, trajectory
from app.knowledge.deficits import DEFICITS, WEAKNESS, Deficit
from app.knowledge.pain import (
    Readings,
    after,
    back_pain_baseline,
    back_pain_change,
    back_pain_now,
    back_rise,
    baseline_of,
    index_pain,
    latest_before,
    leg_pain_baseline,
    leg_pain_change,
    leg_pain_now,
    leg_rise,
)
from app.knowledge.safety import MOTOR_STANDING, NEW_MOTOR_LOSS
from app.knowledge.sources import (
    BMC_2022,
    DOSSIER,
    POSTACCHINI_2002,
    SURI_2012,
)
from app.knowledge.thresholds import FALLING_TREND_POINTS, RECORDS_APART_DAYS, RISE_POINTS
from app.knowledge.timeline import (
    leg_pain_plateau_day,
    leg_pain_window,
    phase,
    recovery_window,
    twelve_month_day,
)

BANDS = DOSSIER.at("3.1 expectation bands")
NEW_PROBLEM = "new_symptom_needs_workup"
STATUSES = (
    "not_present",
    "resolved",
    "recovery_window_open",
    "window_closing",
    "late_recovery_in_progress",
    "likely_permanent",
    NEW_PROBLEM,
    "unknown",
)
PERMANENT_DIVERGENCE = (
    "The first source calls what is left after a year probably permanent. In a cohort, mostly not operated, patient-"
    "reported weakness persisted in 38 % at 1 year and 25 % at 2 years, sensory deficit in 53 % and 47 %: late sensory "
    "gain is small, late motor gain exists."
)
SECOND_YEAR = SURI_2012.at("1 and 2 years", "weakness 38 % to 25 %, sensory deficit 53 % to 47 %")
SENSORY_COURSE = (
    NUMBNESS_COURSE,
    BMC_2022.at("n=314", "numbness 3.49 before, 1.91 at 3, 1.29 at 6, 1.26 at 12 months"),
)
MOTOR_COURSE = (
    WEAKNESS_COURSE,
    POSTACCHINI_2002.at("6.4 years", "76 % full recovery"),
)


STILL_THERE = "Present since before or at surgery and still there after a year: further recovery is unlikely, though not excluded."
SECOND_YEAR_GAIN = " Some people still gain strength in the second year."


def has_grown(course: Readings, surgery_date: date) -> bool | None:
    """Worse than the latest record at least six weeks before, else than before surgery (dossier 11.8).

    Where there was nothing before surgery it is left over all the same (11.9), and its first record counts.
    """
    later = after(course, surgery_date)
    if not later:
        return None
    before = latest_before(course, surgery_date, RECORDS_APART_DAYS.value) or baseline_of(
        course, surgery_date
    )
    return bool(later[-1].value > (before or later[0].value))


def has_eased(course: Readings, surgery_date: date) -> bool | None:
    """Better than before surgery, or than at first where it was not there or not recorded then."""
    later = after(course, surgery_date)
    before = baseline_of(course, surgery_date) or (later[0].value if len(later) > 1 else None)
    return bool(later[-1].value < before) if later and before is not None else None


GROWN = {
    each.name: YesNo(name=f"{each.name}_grown", label=f"{each.title} worse than when last compared")
    for each in DEFICITS
}
weakness_eased = YesNo(name="weakness_eased", label="Weakness better than before surgery, or than at first")
POWER_LOST = named("a flag of lost power", any_of(NEW_MOTOR_LOSS, MOTOR_STANDING.when))
WORSE_THAN_BEFORE = "Worse than on the record it is compared with: not explained by slow healing; examine and decide on imaging."

NOT_RECOVERING = any_of(trajectory.is_("worsening"), when_recorded(index_status, index_status.is_("worse")))


def expect(
    symptom: str,
    rule_id: str,
    status: str,
    title: str,
    when: Condition,
    says: str,
    *evidence: Citation,
    dossier: str,
    divergence: str = "",
    confidence: str = "moderate",
) -> Rule:
    """One line of a symptom's prognosis."""
    return Rule(
        id=f"recovery.{symptom}.{rule_id}",
        title=title,
        when=when,
        then=Prognosis(status=status, says=says, confidence=confidence),
        evidence=evidence,
        dossier=dossier,
        divergence=divergence,
    )


def prognosis_fact(symptom: str, title: str) -> Choice:
    """What the decision on a symptom gives."""
    return Choice(name=f"{symptom}_prognosis", label=f"Prognosis of {title.lower()}", options=STATUSES)


def _cleared(deficit: Deficit, course: tuple[Citation, ...]) -> tuple[Rule, ...]:
    """The symptom is not there now; a loss of power that was found, or may be there, is not cleared by a word."""
    name = deficit.name
    gone: Condition = deficit.present.is_false()
    if deficit is WEAKNESS:
        gone = all_of(gone, none_of(POWER_LOST))
    return (
        expect(
            name,
            "not-present",
            "not_present",
            f"{deficit.title} on no record",
            all_of(gone, deficit.ever.is_false()),
            "Absent on every record.",
            DOSSIER.at("8.0 step 9"),
            dossier="8.0 step 9",
        ),
        expect(
            name,
            "resolved",
            "resolved",
            f"{deficit.title} has cleared",
            gone,
            "Was there and has cleared.",
            S13,
            *course,
            dossier="8.0 step 9",
        ),
    )


def _power_lost_or_no_better(residual: Condition) -> tuple[Rule, ...]:
    """Weakness inside the window of a year, of which slow healing alone is not the word."""
    name = WEAKNESS.name
    still = (("open", "recovery_window_open"), ("closing", "window_closing"))
    no_better = when_recorded(weakness_eased, weakness_eased.is_false())
    return (
        *(
            expect(
                name,
                f"window-{window}.power-lost",
                status,
                f"Weakness with a flag of lost power, the recovery window {window}",
                all_of(residual, recovery_window.is_(window), POWER_LOST),
                "New or worse weakness has a flag of its own: it comes first, and slow healing alone does not explain it.",
                DOSSIER.at("4.2 RF-MOTOR-1; 4.2 RF-MOTOR-2; 11.9"),
                dossier="4.2 RF-MOTOR-1; 4.2 RF-MOTOR-2; 11.9",
            )
            for window, status in still
        ),
        *(
            expect(
                name,
                f"window-{window}.no-better",
                status,
                f"Weakness no better three months or more after surgery, the recovery window {window}",
                all_of(residual, recovery_window.is_(window), none_of(phase.is_("early")), no_better),
                "No better three months or more after surgery: look for compression that goes on. Inside the year "
                "recovery is not excluded.",
                *MOTOR_COURSE,
                DOSSIER.at("section 5 pattern F"),
                dossier="section 5 F; 1.1 S14",
            )
            for window, status in still
        ),
    )


def _within_a_year(deficit: Deficit, course: tuple[Citation, ...]) -> tuple[Rule, ...]:
    """The symptom is there: new or worse, or left over and inside the window of a year."""
    name, present = deficit.name, all_of(IN_SCOPE, deficit.present.is_true())
    residual = all_of(present, deficit.origin.is_("at_surgery"))
    return (
        expect(
            name,
            "new",
            "new_symptom_needs_workup",
            f"{deficit.title} began more than 14 days after surgery, or came back after it had cleared",
            all_of(present, deficit.origin.is_("later")),
            "Not left over from before surgery: examine, compare with the treated level, and decide on imaging.",
            S5,
            S17,
            DOSSIER.at("11.8; 11.9"),
            dossier="1.1 S5; 8.0; 11.8",
        ),
        expect(
            name,
            "worse-within-a-year",
            "new_symptom_needs_workup",
            f"{deficit.title} is worse within the year than before",
            all_of(residual, recovery_window.is_one_of("open", "closing"), GROWN[name].is_true()),
            WORSE_THAN_BEFORE,
            DOSSIER.at("11.8, read for the year after surgery; 11.9"),
            dossier="11.8; 11.9",
        ),
        *(_power_lost_or_no_better(residual) if deficit is WEAKNESS else ()),
        *_in_window(deficit, residual, course),
    )


def _in_window(deficit: Deficit, residual: Condition, course: tuple[Citation, ...]) -> tuple[Rule, ...]:
    """The symptom is left over and inside the window of a year."""
    name = deficit.name
    return (
        expect(
            name,
            "window-open",
            "recovery_window_open",
            f"{deficit.title} inside the recovery window",
            all_of(residual, recovery_window.is_("open")),
            "May take up to a year to clear; its persistence alone does not make the operation unsuccessful.",
            S13,
            S14,
            *course,
            dossier="1.1 S13; 1.1 S14",
        ),
        expect(
            name,
            "window-closing",
            "window_closing",
            f"{deficit.title} between the nine-month and the twelve-month anniversary",
            all_of(residual, recovery_window.is_("closing")),
            "The year within which recovery is usual is coming to its end.",
            S14,
            *course,
            DOSSIER.at("1.1 S14; 11.9"),
            dossier="1.1 S14; 11.9",
        ),
    )


def _left_after_a_year(deficit: Deficit) -> Condition:
    return all_of(
        IN_SCOPE,
        deficit.present.is_true(),
        deficit.origin.is_("at_surgery"),
        recovery_window.is_("closed"),
    )


def _changing_after_a_year(deficit: Deficit) -> tuple[Rule, ...]:
    """The symptom is left over, still there after a year, and worse or better than before."""
    name, late = deficit.name, _left_after_a_year(deficit)
    return (
        expect(
            name,
            "worse-after-a-year",
            "new_symptom_needs_workup",
            f"{deficit.title} is worse after a year than before",
            all_of(late, deficit.change.is_("worse")),
            WORSE_THAN_BEFORE,
            DOSSIER.at("11.8"),
            SECOND_YEAR,
            dossier="11.8",
        ),
        expect(
            name,
            "late-recovery",
            "late_recovery_in_progress",
            f"{deficit.title} is still improving after a year",
            all_of(late, deficit.change.is_("improving")),
            "Still improving after a year: recovery is not over.",
            SECOND_YEAR,
            DOSSIER.at("8.0; 11.8"),
            dossier="8.0; 11.8",
        ),
    )


def _unchanged_after_a_year(deficit: Deficit) -> tuple[Rule, ...]:
    """The symptom is left over, still there after a year, and not known to change."""
    name, late = deficit.name, _left_after_a_year(deficit)
    permanent = STILL_THERE + (SECOND_YEAR_GAIN if deficit is WEAKNESS else "")
    return (
        expect(
            name,
            "likely-permanent",
            "likely_permanent",
            f"{deficit.title} unchanged after a year",
            all_of(late, deficit.change.is_("unchanged")),
            permanent,
            S15,
            SECOND_YEAR,
            dossier="1.1 S15; 8.0; 11.8",
            divergence=PERMANENT_DIVERGENCE,
        ),
        expect(
            name,
            "likely-permanent-single",
            "likely_permanent",
            f"{deficit.title} after a year, on a single record since surgery",
            all_of(late, deficit.change.is_("single_record")),
            permanent + " There is only one record to go by: an interim record would settle it.",
            S15,
            SECOND_YEAR,
            DOSSIER.at("11.8"),
            dossier="1.1 S15; 11.8",
            divergence=PERMANENT_DIVERGENCE,
            confidence="low",
        ),
    )


def deficit_decision(deficit: Deficit) -> Decision:
    """Numbness, tingling or weakness: present since when, and still inside the window of a year?"""
    course = MOTOR_COURSE if deficit is WEAKNESS else SENSORY_COURSE
    return Decision(
        id=f"recovery.{deficit.name}",
        title=f"Prognosis of {deficit.title.lower()}",
        gives=prognosis_fact(deficit.name, deficit.title),
        rules=(
            *_cleared(deficit, course),
            *_within_a_year(deficit, course),
            *_changing_after_a_year(deficit),
            *_unchanged_after_a_year(deficit),
        ),
    )


@dataclass(frozen=True, slots=True)
class Pain:
    """The facts of one pain, and its recovery window."""

    site: str
    title: str
    now: Quantity
    baseline: Quantity
    change: Quantity
    rise: Quantity
    window: Choice
    evidence: tuple[Citation, ...]

    @property
    def name(self) -> str:
        return f"{self.site}_pain"


def _gone_or_new(pain: Pain) -> tuple[Rule, ...]:
    """No pain now, or pain that is not left over from before surgery."""
    name, title, now, baseline, evidence = pain.name, pain.title, pain.now, pain.baseline, pain.evidence
    hurts = all_of(IN_SCOPE, now > 0)
    came_back = all_of(index_pain.is_(pain.site), trajectory.is_one_of("relapsed", "partial_relapse"))
    appeared = when_recorded(baseline, baseline <= 0, now >= RISE_POINTS)
    return (
        expect(
            name,
            "resolved",
            "resolved",
            f"No {title.lower()} now",
            now <= 0,
            "No pain now.",
            S10,
            *evidence,
            dossier="8.0 step 9",
        ),
        expect(
            name,
            "new",
            "new_symptom_needs_workup",
            f"{title} is new or has come back",
            all_of(hurts, any_of(came_back, appeared)),
            "Not the course of healing: new since surgery, or back after relief.",
            S16,
            S17,
            S19,
            DOSSIER.at("1.2 relapsed; 8.0 step 9"),
            dossier="1.2 relapsed; 8.0 step 9",
        ),
    )


def _pain_in_window(pain: Pain) -> tuple[Rule, ...]:
    """Pain inside its recovery window, unless it is rising or worse than before."""
    name, title, window, evidence = pain.name, pain.title, pain.window, pain.evidence
    hurts = all_of(IN_SCOPE, pain.now > 0)
    return (
        expect(
            name,
            "not-recovering",
            "unknown",
            f"{title} is rising, or worse than before surgery",
            all_of(
                hurts, any_of(all_of(index_pain.is_(pain.site), NOT_RECOVERING), pain.rise >= RISE_POINTS)
            ),
            "Not falling: the course so far does not tell what to expect; the verdict, the causes and the steps apply.",
            DOSSIER.at("11.17; 1.2 relapsed; 8.0 step 9"),
            dossier="8.0 step 9; 1.2 relapsed; 11.17",
        ),
        expect(
            name,
            "window-open",
            "recovery_window_open",
            f"{title} inside its recovery window",
            all_of(hurts, window.is_("open")),
            "Recovery of pain is still under way.",
            S7,
            S9,
            *evidence,
            dossier="3.1; 8.0 step 9",
        ),
        expect(
            name,
            "window-closing",
            "window_closing",
            f"{title} near the end of its recovery window",
            all_of(hurts, window.is_("closing")),
            "Pain is usually near its plateau by now.",
            *evidence,
            dossier="3.1; 8.0 step 9",
        ),
    )


def _pain_after_window(pain: Pain) -> tuple[Rule, ...]:
    """Pain after its recovery window."""
    name, title, window, change, evidence = pain.name, pain.title, pain.window, pain.change, pain.evidence
    hurts = all_of(IN_SCOPE, pain.now > 0)
    return (
        expect(
            name,
            "late-recovery",
            "late_recovery_in_progress",
            f"{title} is still falling after its recovery window",
            all_of(hurts, window.is_("closed"), when_recorded(change, change <= FALLING_TREND_POINTS)),
            "Still falling: recovery is not over.",
            *evidence,
            dossier="3.1; 8.0 step 9",
        ),
        expect(
            name,
            "after-window",
            "unknown",
            f"{title} after its recovery window, not falling",
            all_of(hurts, window.is_("closed")),
            "The sources give no prognosis for pain that stays after this window; the verdict and the causes apply.",
            DOSSIER.at("3.1 expectation bands; S15 is about deficits, not pain"),
            dossier="1.1 S15; 3.1",
        ),
    )


def pain_decision(pain: Pain) -> Decision:
    """Leg or back pain: the rule of a year is not about pain, so it is never called permanent."""
    return Decision(
        id=f"recovery.{pain.name}",
        title=f"Prognosis of {pain.title.lower()}",
        gives=prognosis_fact(pain.name, pain.title),
        rules=(*_gone_or_new(pain), *_pain_in_window(pain), *_pain_after_window(pain)),
    )


LEG_PAIN_COURSE = (
    BASS_SIX_WEEKS,
    BMC_2022.at("n=314", "leg pain 6.05 before, 2.00 at 3, 1.02 at 6, 0.49 at 12 months"),
    BANDS,
)
LEG_PAIN = pain_decision(
    Pain(
        "leg",
        "Leg pain",
        leg_pain_now,
        leg_pain_baseline,
        leg_pain_change,
        leg_rise,
        leg_pain_window,
        LEG_PAIN_COURSE,
    )
)
BACK_PAIN = pain_decision(
    Pain(
        "back",
        "Back pain",
        back_pain_now,
        back_pain_baseline,
        back_pain_change,
        back_rise,
        recovery_window,
        (BANDS,),
    )
)
DEFICIT_DECISIONS = tuple(map(deficit_decision, DEFICITS))
COURSE_OF_DEFICITS = (
    *(
        calculated(GROWN[each.name], has_grown, (each.course.name, "surgery_date"), uses=[RECORDS_APART_DAYS])
        for each in DEFICITS
    ),
    calculated(weakness_eased, has_eased, (WEAKNESS.course.name, "surgery_date")),
)
NUMBNESS_DECISION, TINGLING_DECISION, WEAKNESS_DECISION = DEFICIT_DECISIONS

WINDOW_CLOSES_ON: dict[str, Day] = {
    "leg_pain": leg_pain_plateau_day,
    "back_pain": twelve_month_day,
    **{deficit.name: twelve_month_day for deficit in DEFICITS},
}
"""The last day of the recovery window of each symptom."""

RECOVERY = Chapter(
    name="recovery",
    title="Recovery of each symptom",
    steps=(*COURSE_OF_DEFICITS, LEG_PAIN, BACK_PAIN, *DEFICIT_DECISIONS),
)
