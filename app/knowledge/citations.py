"""What the sources say, worded once: every statement of the first source, and the figures that recur."""

from __future__ import annotations

from app.knowledge.sources import (
    AAPMR_EMG,
    ALTSCHUL_2017,
    BASS_2012,
    BOHL_2015,
    BURTON_1981,
    CBS_PART,
    CHRISTELIS_2021,
    CRP_COURSE,
    DAROUICHE_2006,
    DELAYED_CSF,
    DISCITIS_RATES,
    DISCITIS_REVIEW_2022,
    EARLY_MRI,
    EMERGENCY_PRACTICE,
    ESR_1988,
    FAILURE_REVIEWS,
    FINNISH_2007,
    FLEXION_EXTENSION,
    GERLING_2016,
    GUHA_2015,
    HERNIATION_RISKS,
    HUEFTLE_1988,
    ICD_11,
    IFBSS_2015,
    LEBOW_2011,
    LEVEN_2015,
    LONNE_2012,
    MHC,
    NEURORADIOLOGY_1996,
    NHSN_WINDOWS,
    NICE_MTG41,
    NICE_NEWS2,
    NICE_NG59,
    NICE_TA159,
    NO_VALID_TEST_2023,
    OBA_2017,
    OSTELO_2008,
    PAIN_FREE_SERIES_2012,
    PASS_2013,
    PASSAVANTI_2020,
    PCS_MANUAL,
    PHQ_9,
    PLAIN_MRI,
    PROCESS_TRIAL,
    RAMHMDANI_2018,
    REGISTRY_VISITS,
    RESIDUAL_PATHWAYS,
    RLDH_REVIEWS,
    ROSS_1996,
    SCAR_CONTRA,
    SCHUG_2019,
    SEH_2014,
    SEH_EVACUATION,
    SEH_TIMING_2019,
    SOLBERG_2013,
    START_BACK_2008,
    SUMMIT_2021,
    VAN_HOOFF_2016,
    VASANKARI,
    WERNER_2017,
)

# The first source (dossier 1.1); S3 is about tone and says nothing that a rule could rest on

S1 = SUMMIT_2021.at("S1", "pain that goes on after spinal surgery is called failed back surgery syndrome")
S2 = SUMMIT_2021.at("S2", "that is an umbrella term, not one syndrome with one cause")
S4 = SUMMIT_2021.at(
    "S4",
    "the statements are about operations that free lumbar nerves, such as microdiscectomy and laminectomy",
)
S5 = SUMMIT_2021.at("S5", "before surgery the roots were compressed and already partly injured")
S6 = SUMMIT_2021.at("S6", "roots need time to heal even once the compressing cause is gone")
S7 = SUMMIT_2021.at("S7", "improving within three months: should go on improving")
S8 = SUMMIT_2021.at("S8", "not improved at all about three months after: unsuccessful, further action needed")
S9 = SUMMIT_2021.at("S9", "success cannot be judged during the first three months: healing is not finished")
S10 = SUMMIT_2021.at("S10", "decompression usually relieves leg pain straight after the operation")
S11 = SUMMIT_2021.at("S11", "in 10 to 20 % leg pain persists until the root begins to heal")
S12 = SUMMIT_2021.at("S12", "pain can be temporarily worse, because work around the root causes swelling")
S13 = SUMMIT_2021.at("S13", "numbness, tingling and weakness take much longer than pain to clear")
S14 = SUMMIT_2021.at("S14", "numbness, tingling and weakness may take up to a year")
S15 = SUMMIT_2021.at("S15", "what is left of them after a year probably means permanent nerve damage")
S16 = SUMMIT_2021.at("S16", "stenosis may return at the operated level")
S17 = SUMMIT_2021.at("S17", "stenosis may appear at another level")
S18 = SUMMIT_2021.at("S18", "the degenerative process that caused it may still be there")
S19 = SUMMIT_2021.at("S19", "pain that went away and came back abruptly is often a recurrent herniation")
S20 = SUMMIT_2021.at("S20", "recurrent herniation affects about 5 to 10 % of patients")
S21 = SUMMIT_2021.at("S21", "a recurrent herniation is most likely in the first three months")
S22 = SUMMIT_2021.at("S22", "a pain clinic can help people still in pain after back surgery")

# Figures that several rules or thresholds rest on

BASS_RELIEF = BASS_2012.at("relief of leg pain", "67 % at discharge, 81 % by weeks 1 to 2, 91 % by week 6")
BASS_SIX_WEEKS = BASS_2012.at("6 weeks", "91 % relieved by week 6; 2 of the 9 not relieved improved later")
CHRONIC_PAIN = SCHUG_2019.at("definition", "chronic postsurgical pain begins 3 months after surgery")
EARLY_FAILURES = IFBSS_2015.at(
    "44 of 1546", "retained or new herniation 22, root swelling 13, haematoma 6, missed recess stenosis 2"
)
LEBOW_SYMPTOMATIC = LEBOW_2011.at("2 years", "10.2 % symptomatic same-site recurrence")
NUMBNESS_COURSE = OBA_2017.at("n=139", "numbness 5.9 before, 1.8 at 2 weeks, 2.1 at 12 months")
ODI_IMPORTANT = OSTELO_2008.at("consensus", "10 points or 30 % of ODI is a minimal important change")
PAIN_IMPORTANT = OSTELO_2008.at(
    "consensus", "2 of 10 points or 30 % of baseline is a minimal important change"
)
PAIN_FREE_SERIES = PAIN_FREE_SERIES_2012.at(
    "definition", "six pain-free months at the same level; other series require none"
)
PAIN_ACCEPTABLE = PASS_2013.at(
    "12 months", "pain of 2 of 10 or less is acceptable (sensitivity 76 %, specificity 89 %)"
)
REGISTRY_VISIT = REGISTRY_VISITS.at("visits", "visits at 6 weeks and 6 months")
RESIDUAL = RESIDUAL_PATHWAYS.at(
    "post-void residual", "about 20 times likelier at 200 mL or more; less does not exclude it"
)
SUCCESS = SOLBERG_2013.at("1 year", "success: leg pain down 3.5 points, ODI down 20 points")
ODI_IS_ACCEPTABLE = VAN_HOOFF_2016.at(
    "1 year", "ODI 22 or less is acceptable (sensitivity 78.3 %, specificity 82.1 %)"
)
ODI_FAILURES = WERNER_2017.at(
    "12 months", "ODI change below 13 points or below 33 % in patients who rate themselves unchanged or worse"
)
NO_CHANGE = WERNER_2017.at("failure cut-off", "pain change below 1.5 points", CBS_PART)
ANCHOR = WERNER_2017.at("anchor", "global perceived effect as the anchor of success")
MUCH_BETTER = WERNER_2017.at("anchor", "global perceived effect 1 to 2")

CATASTROPHIZING = PCS_MANUAL.at("cut-off", "30 of 52 is clinically relevant")
CONTRAST_TIMING = PASSAVANTI_2020.at(
    "timing", "contrast added confidence mainly 1 to 18 months after surgery"
)
DEPRESSION = PHQ_9.at("cut-off", "10 is moderate")
NERVE_CONDUCTION_TIMING = AAPMR_EMG.at("timing", "3 weeks or more after the onset of the deficit", MHC)
START_BACK_GROUPS = START_BACK_2008.at("groups", "total 4 and psychosocial subscore 4: high")
WEAKNESS_COURSE = LONNE_2012.at("1 year", "75 % without paresis")
# Infection after surgery (dossier 4.2)

WOUND_WINDOW = NHSN_WINDOWS.at("windows", "laminectomy 30 days, fusion 90 days")
WOUND_TIMING = BOHL_2015.at("timing of wound infection", "median diagnosis on day 17")
NEWS2_BANDS = NICE_NEWS2.at("bands", "7 or more is high risk, 5 to 6 is moderate risk")
SEPSIS_SIGNS = NICE_NEWS2.at(
    "single signs",
    "rate 25, pressure 90, pulse above 130, saturation below 92 %, confusion, mottled skin, no urine for 18 hours",
    MHC,
)
DISCITIS_INTERVAL = DISCITIS_REVIEW_2022.at("interval", "2 to 8 weeks after surgery")
CRP_AFTER_SURGERY = CRP_COURSE.at("course", "peak on days 2 to 3, normal (below 10 mg/L) by days 5 to 14")
CRP_DAY_5 = CRP_COURSE.at("day 5", "serial values: sensitivity 100 %, specificity 96 %")
ESR_TWO_WEEKS = ESR_1988.at(
    "2 weeks", "above 50 with increasing pain: discitis until disproved; it can stay raised for 6 to 12 weeks"
)
ABSCESS_TRIAD = DAROUICHE_2006.at("classic triad", "fever, back pain and a neurological deficit")
MENINGISM = EMERGENCY_PRACTICE.at("meningitis", "fever with a stiff neck, intolerance of light or confusion")
BURTON_CAUSES = BURTON_1981.at(
    "structural causes", "lateral stenosis about 58 %, recurrent or residual disc 12 to 16 %", CBS_PART
)
BURTON_ARACHNOIDITIS = BURTON_1981.at(
    "structural causes", "arachnoiditis 6 to 16 %, fibrosis 6 to 8 %", CBS_PART
)
ALL_FAILURES = FAILURE_REVIEWS.at("causes", "what to look for when pain goes on after surgery")
OTHER_SITE = FINNISH_2007.at("5 years", "7.4 % at the same site, 3.1 % at another")
CONTRALATERAL = RLDH_REVIEWS.at("contralateral", "came later, at 33 months against 18.6 on the same side")
OTHER_REASONS = LEVEN_2015.at("8 years", "15 % reoperated, 62 % of them for recurrence")
RISKS = HERNIATION_RISKS.at("risk factors", "smoking OR 1.99, diabetes 1.19; younger age")
SCAR_AND_PAIN = ROSS_1996.at("6 months", "extensive scar: radicular pain 3.2 times as often")
SCAR_WITHOUT_PAIN = SCAR_CONTRA.at("finding", "no link between scar and pain")
UNSTABLE_RATES = GUHA_2015.at("24 studies", "radiographic instability in 5.5 %")
UNSTABLE_COURSE = RAMHMDANI_2018.at(
    "series", "9.5 % reoperated, symptoms at 19 months; 1.6 to 32 % in the literature"
)
NO_VALID_TEST = NO_VALID_TEST_2023.at("conclusion", "no test of instability has been validated")
DISCITIS_RATE = DISCITIS_RATES.at("rates", "0.2 to 4 %, the true value near the lower end")
CHRONIC_SURGICAL_PAIN = ICD_11.at(
    "MG30.21", "develops or increases after surgery, 3 months or longer, other causes excluded"
)
EARLY_MASS_EFFECT = EARLY_MRI.at(
    "3 weeks to 6 months", "mass effect in 38 % at 3 weeks and 12 % at 3 months in people without symptoms"
)
REOPERATIONS = GERLING_2016.at(
    "8 years", "18 % reoperated, 52 % of them for recurrent stenosis or progressive slip; 42 % within 2 years"
)
HAEMATOMA_SIGNS = SEH_2014.at("signs", "MRC 3 or below in 80 %, saddle anaesthesia in 76 %")
HAEMATOMA_PAIN = SEH_2014.at("signs", "pain of 7 or more in 56 %")
EARLY_EVACUATION = SEH_EVACUATION.at(
    "6 hours", "a gain of 2.1 Frankel grades when evacuated within 6 hours, 0.6 later"
)
WARD_RETENTION = ALTSCHUL_2017.at(
    "retention", "3 of 35 with retention had a haematoma with cauda equina syndrome"
)
DELAYED_LEAK = DELAYED_CSF.at("course", "mean day 17; headache in 80 %, dizziness in 70 % of 10 cases")
THROMBOSIS_COURSE = BOHL_2015.at("thrombosis", "median day of deep vein thrombosis 8")
PAIN_TERMS = CHRISTELIS_2021.at(
    "types of pain", "pain after surgery can be nociceptive, neuropathic or nociplastic"
)

# Next steps (dossier 6.1 to 6.3)

SCAR_OR_DISC = HUEFTLE_1988.at("19 levels", "right after contrast at all of them")
WITHOUT_CONTRAST = PLAIN_MRI.at("accuracy", "94 to 97 % without contrast")
WELL_WITH_HERNIATION = NEURORADIOLOGY_1996.at(
    "6 months", "20 % had a herniation with mass effect on imaging while they were well"
)
EARLY_ENHANCEMENT = EARLY_MRI.at(
    "3 weeks to 6 months", "roots enhance in 62 % at 3 weeks and in none by 6 months"
)
REVISION_HELPS = RLDH_REVIEWS.at("revision", "helps, but less than the first operation (PMC5685971)")
STAY_ACTIVE = NICE_NG59.at("care", "stay active, graded exercise")
NO_ROUTINE_IMAGING = NICE_NG59.at("1.1.4", "no routine imaging in non-specialist settings")
STIMULATION_CRITERIA = NICE_TA159.at(
    "criteria",
    "50 of 100 mm or more for 6 months or longer despite conventional care, a successful trial, a "
    "multidisciplinary team",
)
STIMULATION_AFTER_SURGERY = NICE_MTG41.at("after back surgery", "6 months or more after it")
STIMULATION_TRIAL = PROCESS_TRIAL.at(
    "6 and 12 months",
    "relief of 50 % or more in 48 % against 9 % at 6 months, 34 % against 7 % at 12; against another "
    "operation 39 % against 12 %",
)
WHITE_PANJABI = FLEXION_EXTENSION.at(
    "White and Panjabi",
    "more than 4.5 mm or 15 %; more than 15 degrees at L1 to L4, 20 at L4-L5, 25 at L5-S1",
)
EMBOLISM_COURSE = BOHL_2015.at("embolism", "median day of pulmonary embolism 5, interquartile range 3 to 11")
HAEMATOMA_RATES = (
    SEH_TIMING_2019.at("rate", "symptomatic in 0.27 %"),
    SEH_2014.at("rate", "symptomatic in 0.16 %"),
    VASANKARI.at("rate", "2.3 % reoperated for one after microdecompression of stenosis"),
)
