"""How the pain behaves over time, and which pain leads: what the weighing of causes begins with (dossier 5, 1.2)."""

from __future__ import annotations

from datetime import date

from app.engine.calculate import calculation
from app.engine.conditions import Condition, all_of, any_of, named, none_of
from app.engine.evidence import Citation
from app.engine.facts import Choice, Day, Quantity, YesNo, not_recorded, recorded, when_recorded
from app.engine.rules import Decision, Rule
from app.knowledge.cause_thresholds import BACK_LEADS_POINTS, LEG_LEADS_POINTS
from app.knowledge.citations import BASS_SIX_WEEKS, EARLY_FAILURES, S12, S19
from app.knowledge.conclusions import Interim
from app.knowledge.course import BACK_ROSE, IN_SCOPE, NOT_BETTER, index_status, trajectory
from app.knowledge.pain import (
    Readings,
    back_recorded_relief,
    back_stated_relief,
    find_return,
    index_pain,
    leg_relief,
    leg_rise,
    onset_to_plateau_days,
    pain_drop,
    relief_recorded,
    rise_above_nadir,
)
from app.knowledge.recovery import DEFICIT_DECISIONS
from app.knowledge.safety import ABRUPT_RETURN, PAIN_RETURNED, SHORT_RELIEF, told_by_either
from app.knowledge.sources import DOSSIER
from app.knowledge.thresholds import GRADUAL_DAYS, RELIEF_INTERVAL_DAYS, RISE_POINTS, SIX_WEEKS_DAYS
from app.knowledge.timeline import days_since_surgery
from app.knowledge.vocabulary import (
    indication,
    pain_return_onset,
    pain_return_onset_on,
    pain_return_plateau_on,
    pain_return_side,
    same_dermatome,
)

return_other_side = YesNo(
    name="return_other_side", label="Pain came back on the side that was not operated on"
)
leg_over_back = Quantity(
    name="leg_over_back", label="Leg pain now above back pain now", unit="points", minimum=-10, maximum=10
)


@calculation(return_other_side)
def tell_other_side(operated_side: str, pain_return_side: str) -> bool:
    return {operated_side, pain_return_side} == {"left", "right"}


@calculation(leg_over_back)
def compare_leg_and_back(leg_pain_now: float, back_pain_now: float) -> float:
    return round(leg_pain_now - back_pain_now, 4)


# The ways in which pain can have come back

GRADUAL_RETURN = named(
    "gradual return", told_by_either(pain_return_onset.is_("gradual"), onset_to_plateau_days > GRADUAL_DAYS)
)
DATED_LONG_RELIEF = when_recorded(leg_relief, leg_relief >= RELIEF_INTERVAL_DAYS)
"""Without a day of onset the records of improvement count (dossier 11.3); the flag waits for that day."""
RETURN_STATED = named(
    "a return of pain was stated",
    any_of(
        recorded(pain_return_onset),
        recorded(pain_return_onset_on),
        recorded(pain_return_plateau_on),
        recorded(pain_return_side),
    ),
)
NO_RETURN_SCORED = named(
    "no pain score shows a return", all_of(IN_SCOPE, rise_above_nadir < RISE_POINTS, none_of(PAIN_RETURNED))
)
NO_RETURN = named("pain has not come back", all_of(NO_RETURN_SCORED, none_of(BACK_ROSE, RETURN_STATED)))
"""Neither by a score nor by word: a return that was stated is not denied because no score shows it."""
NEVER_IMPROVED = named(
    "pain that never improved",
    all_of(IN_SCOPE, days_since_surgery >= SIX_WEEKS_DAYS, relief_recorded.is_false(), NOT_BETTER),
)
DEGENERATIVE = when_recorded(
    indication, indication.is_one_of("spinal_stenosis", "foraminal_stenosis", "spondylolisthesis")
)
S17_OTHER = named(
    "another dermatome or the other side", any_of(same_dermatome.is_false(), return_other_side.is_true())
)


def _reads(rule_id: str, title: str, when: Condition, says: str, *evidence: Citation, dossier: str) -> Rule:
    then = Interim(says=says)
    return Rule(id=f"causes.{rule_id}", title=title, when=when, then=then, evidence=evidence, dossier=dossier)


# Which pain leads (1.2 leg- or back-dominant)

pain_lead = Choice(name="pain_lead", label="Which pain leads", options=("leg", "back", "mixed"))
LEAD = DOSSIER.at("1.2 leg- or back-dominant")

PAIN_LEAD = Decision(
    id="causes.pain-lead",
    title="Which pain leads",
    gives=pain_lead,
    rules=(
        _reads(
            "pain-lead.leg",
            "Leg pain is above back pain by 1 point or more; without both scores, leg pain is the index pain",
            any_of(
                when_recorded(leg_over_back, leg_over_back >= LEG_LEADS_POINTS),
                all_of(not_recorded(leg_over_back), index_pain.is_("leg")),
            ),
            "leg",
            LEAD,
            dossier="1.2 leg- or back-dominant",
        ),
        _reads(
            "pain-lead.back",
            "Back pain is above leg pain by 1 point or more; without both scores, back pain is the index pain",
            any_of(
                when_recorded(leg_over_back, leg_over_back <= BACK_LEADS_POINTS),
                all_of(not_recorded(leg_over_back), index_pain.is_("back")),
            ),
            "back",
            LEAD,
            dossier="1.2 leg- or back-dominant",
        ),
        _reads(
            "pain-lead.mixed",
            "Leg pain and back pain are less than 1 point apart",
            recorded(leg_over_back),
            "mixed",
            LEAD,
            dossier="1.2 leg- or back-dominant",
        ),
    ),
)
LEG = pain_lead.is_one_of("leg", "mixed")
BACK = pain_lead.is_one_of("back", "mixed")

# The pattern over time (section 5, A to C and E; 11.3)

pain_pattern = Choice(
    name="pain_pattern",
    label="Pattern of the pain over time",
    options=(
        "not_described",
        "came_back",
        "never_improved",
        "worse_early",
        "back_came_back",
        "no_pattern",
    ),
)
return_manner = Choice(
    name="return_manner", label="How the pain came back", options=("abrupt", "gradual", "within_weeks")
)
NOT_DESCRIBED = all_of(not_recorded(index_status), not_recorded(leg_rise), none_of(BACK_ROSE))
LONG_RETURN = named(
    "pain came back after long relief",
    all_of(
        IN_SCOPE,
        any_of(
            trajectory.is_one_of("relapsed", "partial_relapse"),
            all_of(recorded(leg_rise), PAIN_RETURNED, DATED_LONG_RELIEF),
        ),
    ),
)
"""Of the index pain, or of the leg pain where that is another."""
SHORT_RETURN = named("pain came back after short relief", all_of(recorded(leg_rise), SHORT_RELIEF))
ANY_RETURN = named(
    "pain came back, however long the relief",
    all_of(
        IN_SCOPE,
        any_of(
            trajectory.is_one_of("relapsed", "partial_relapse"),
            all_of(recorded(leg_rise), PAIN_RETURNED),
        ),
    ),
)
BACK_RETURN = named(
    "back pain came back, and leg pain does not lead",
    all_of(
        BACK_ROSE,
        none_of(when_recorded(leg_over_back, leg_over_back >= LEG_LEADS_POINTS)),
        any_of(
            back_stated_relief >= RELIEF_INTERVAL_DAYS,
            back_recorded_relief >= RELIEF_INTERVAL_DAYS,
        ),
    ),
)
"""Relief here is back pain lower than now, whatever it was before surgery; how long it lasted is asked where unknown."""
WORSE_EARLY = named(
    "early pain as bad as before or worse",
    all_of(
        IN_SCOPE,
        days_since_surgery <= SIX_WEEKS_DAYS,
        relief_recorded.is_false(),
        pain_drop <= 0,
    ),
)
PAIN_PATTERN = Decision(
    id="causes.pain-pattern",
    title="Pattern of the pain over time",
    gives=pain_pattern,
    rules=(
        _reads(
            "pain-pattern.not-described",
            "Nothing tells how the pain compares with before surgery: no pattern can be named",
            NOT_DESCRIBED,
            "not_described",
            DOSSIER.at("section 0 item 4; section 5"),
            dossier="section 0 item 4; section 5",
        ),
        _reads(
            "pain-pattern.came-back",
            "Relief of 14 days or more, then a return",
            LONG_RETURN,
            "came_back",
            S19,
            DOSSIER.at("section 5 patterns B and C; 11.3"),
            dossier="section 5 B; section 5 C; 11.3",
        ),
        _reads(
            "pain-pattern.never-improved",
            "Never improved, judged from six weeks, or relief of less than 14 days or of unknown length",
            any_of(NEVER_IMPROVED, SHORT_RETURN),
            "never_improved",
            BASS_SIX_WEEKS,
            DOSSIER.at("section 5 pattern A; 11.3"),
            dossier="section 5 A; 11.3",
        ),
        _reads(
            "pain-pattern.worse-early",
            "Within six weeks, never relieved, as bad as before or worse",
            WORSE_EARLY,
            "worse_early",
            S12,
            EARLY_FAILURES,
            DOSSIER.at("section 5 pattern E"),
            dossier="section 5 E",
        ),
        _reads(
            "pain-pattern.back-came-back",
            "Back pain that was lower for 14 days or more came back, beside the leg pain that counts",
            BACK_RETURN,
            "back_came_back",
            DOSSIER.at("section 5 patterns B and C, back-dominant; 11.3"),
            dossier="section 5 B; section 5 C; 11.3",
        ),
        _reads(
            "pain-pattern.none",
            "By the scores the pain did not come back, and it improved or is not judged yet",
            none_of(NOT_DESCRIBED, ANY_RETURN, NEVER_IMPROVED, WORSE_EARLY, BACK_RETURN),
            "no_pattern",
            DOSSIER.at("section 5"),
            dossier="section 5",
        ),
    ),
)
CAME_BACK = pain_pattern.is_one_of("came_back", "back_came_back")
RETURN_MANNER = Decision(
    id="causes.return-manner",
    title="How the pain came back after long relief",
    gives=return_manner,
    rules=(
        _reads(
            "return-manner.abrupt",
            "Long relief, then an abrupt return",
            all_of(CAME_BACK, ABRUPT_RETURN),
            "abrupt",
            S19,
            DOSSIER.at("section 5 pattern B; 11.3"),
            dossier="section 5 B; 11.3",
        ),
        _reads(
            "return-manner.gradual",
            "Long relief, then a gradual return",
            all_of(CAME_BACK, GRADUAL_RETURN),
            "gradual",
            DOSSIER.at("section 5 pattern C; 11.3"),
            dossier="section 5 C; 11.3",
        ),
        _reads(
            "return-manner.within-weeks",
            "Long relief, then a return that was neither abrupt nor gradual",
            CAME_BACK,
            "within_weeks",
            DOSSIER.at("1.2 abruptly; section 5 patterns B and C"),
            dossier="1.2 abruptly; section 5 B; section 5 C",
        ),
    ),
)
ABRUPT = all_of(CAME_BACK, return_manner.is_("abrupt"))
SLOW = all_of(CAME_BACK, return_manner.is_one_of("gradual", "within_weeks"))
"""Pattern C; a return within weeks is weighed like it, and the dossier names no pattern for it."""
BACK_ALONE = pain_pattern.is_("back_came_back")
ABRUPT_LEG = all_of(ABRUPT, LEG, none_of(BACK_ALONE))
SLOW_LEG = all_of(SLOW, LEG, none_of(BACK_ALONE))
"""Not where the back pain alone came back."""
FAILED_LEG = named(
    "leg pain that did not improve, or not for long, or is as bad as before early on",
    all_of(pain_pattern.is_one_of("never_improved", "worse_early"), LEG),
)
NEVER_IMPROVED_LEG = named(
    "leg pain that did not improve, or not for long", all_of(pain_pattern.is_("never_improved"), LEG)
)
NEW_PATTERN = named("pain came back in another place", all_of(CAME_BACK, S17_OTHER))
"""Pattern D; the pain of a new deficit is weighed with the deficit."""

NEW_SYMPTOM = named(
    "a deficit that is not left over from before surgery",
    all_of(
        IN_SCOPE,
        any_of(
            *(
                when_recorded(decision.gives, decision.gives.is_("new_symptom_needs_workup"))
                for decision in DEFICIT_DECISIONS
            )
        ),
    ),
)
IN_TROUBLE = pain_pattern.is_one_of("came_back", "back_came_back", "never_improved", "worse_early")
"""Features beside a cause are looked for, and asked about, only where the pain has a pattern."""

back_returned_on = Day(
    name="back_returned_on", label="Day on which the back pain came back alone, stated or first recorded"
)


@calculation(back_returned_on, uses=[RISE_POINTS])
def find_return_of_back(
    pain_pattern: str,
    back_since_surgery: Readings,
    back_first_low_on: date,
    back_rise: float,
    pain_return_onset_on: date | None = None,
) -> date | None:
    if pain_pattern != "back_came_back":
        return None
    day: date | None = find_return.work_out(
        back_since_surgery, back_first_low_on, back_rise, pain_return_onset_on
    )
    return day


PATTERN_STEPS = (
    tell_other_side,
    compare_leg_and_back,
    PAIN_LEAD,
    PAIN_PATTERN,
    RETURN_MANNER,
    find_return_of_back,
)
