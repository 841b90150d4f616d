"""Every source, once.

Titles describe; where the dossier gives no title, year or identifier, none is given here. ``verified`` is the dossier's grade of the figure cited: CBS it was seen in a published abstract or page, CBS-part the
source was seen but not this figure, MHC from memory with high confidence, ENG an engineering reading that awaits
clinical sign-off. Figures graded MU are never used.

Every source is to be looked at again: guidance a year after it was checked, studies after three years (see upkeep.py).
"""

from __future__ import annotations

from datetime import date

from app.engine.evidence import Source as Publication

CHECKED_ON = date(2026, 11, 23)
"""The day on which the sources were last gone through."""
GUIDANCE_REVIEW_YEARS, STUDY_REVIEW_YEARS = 1, 3
STUDIES = frozenset(
    {
        "case series",
        "cohort",
        "cohort, mostly not operated",
        "cohorts",
        "narrative review",
        "narrative reviews",
        "preprint",
        "prediction rule",
        "prospective cohort",
        "prospective series",
        "publication",
        "publication, title seen only",
        "registry cohort",
        "review",
        "review and cohorts",
        "reviews",
        "reviews and series",
        "systematic review",
        "trial cohort",
        "validation study",
    }
)
"""What does not change once it is published; every other kind is guidance, which does."""


def Source(  # noqa: N802 - stands for the class that it makes, with its day of review
    *, id: str, title: str, kind: str, year: int | None, url: str = "", verified: str = ""
) -> Publication:
    """A source, with the day by which it is to be looked at again: one rule for all."""
    years = STUDY_REVIEW_YEARS if kind in STUDIES else GUIDANCE_REVIEW_YEARS
    review_by = CHECKED_ON.replace(year=CHECKED_ON.year + years)
    return Publication(
        id=id, title=title, kind=kind, year=year, url=url, verified=verified, review_by=review_by
    )


CBS, CBS_PART, MHC, ENG = "CBS", "CBS-part", "MHC", "ENG"

SUMMIT_2021 = Source(
    id="summit-2021",
    title="More About Failed Back Surgery Syndrome (Summit Healthcare Pain Clinic Associates, patient education)",
    kind="expert opinion",
    year=2021,
    url="https://www.summithealthpain.net/2021/07/30/more-about-failed-back-surgery-syndrome/",
    verified=CBS,
)
DOSSIER = Source(
    id="decompass-reading",
    title="Engineering readings of the Decompass clinical dossier, awaiting clinical sign-off",
    kind="engineering proposal",
    year=None,
    verified=ENG,
)
BASS_2012 = Source(
    id="bass-2012",
    title="Leg pain after lumbar decompression, prospective series of 100 (BASS2011-020, BJJ 94-B Supp XXVI)",
    kind="prospective cohort",
    year=2012,
    verified=CBS,
)
OSTELO_2008 = Source(
    id="ostelo-2008",
    title="Interpreting change scores for pain and functional status in low back pain (Spine 33:90-94)",
    kind="consensus",
    year=2008,
    url="https://doi.org/10.1097/BRS.0b013e31815e3a10",
    verified=CBS,
)
WERNER_2017 = Source(
    id="werner-2017",
    title="Failure and worsening after surgery for lumbar disc herniation, NORspine n=6840 (Eur Spine J 26:2650-2659)",
    kind="registry cohort",
    year=2017,
    url="https://doi.org/10.1007/s00586-017-5185-5",
    verified=CBS,
)
SOLBERG_2013 = Source(
    id="solberg-2013",
    title="Success criteria for lumbar disc herniation surgery, n=692 (Acta Orthop 84:196-201, PMID 23506164)",
    kind="registry cohort",
    year=2013,
    verified=CBS,
)
VAN_HOOFF_2016 = Source(
    id="van-hooff-2016",
    title="Acceptable symptom state on the Oswestry index, Spine Tango n=1288 (Spine J 16:1221-1230, PMID 27343730)",
    kind="registry cohort",
    year=2016,
    verified=CBS,
)
PASS_2013 = Source(
    id="pass-2013",
    title="Acceptable pain state after first disc herniation surgery, n=1209 (Orthop Procs 96-B Supp 4, SBPR2013-021)",
    kind="cohort",
    year=2013,
    verified=CBS,
)
GEERE_2025 = Source(
    id="geere-2025",
    title="Three-month models of twelve-month outcome, n=1096+364 (Arch Orthop Trauma Surg 145)",
    kind="cohort",
    year=2025,
    verified=CBS,
)
NEUROSURG_FOCUS_2015 = Source(
    id="neurosurg-focus-2015",
    title="Three-month and twelve-month outcome, n=593 (Neurosurg Focus 39(6):E17)",
    kind="registry cohort",
    year=2015,
    verified=CBS,
)
SURI_2012 = Source(
    id="suri-2012",
    title="Motor and sensory recovery in lumbar disc herniation (PM R 4:936, PMID 23153857)",
    kind="cohort, mostly not operated",
    year=2012,
    verified=CBS,
)
OBA_2017 = Source(
    id="oba-2017",
    title="Recovery of pain and numbness after stenosis surgery, n=139 (J Orthop Sci 22:670, PMID 28456353)",
    kind="cohort",
    year=2017,
    verified=CBS,
)
BMC_2022 = Source(
    id="bmc-2022",
    title="Leg pain and numbness after lumbar surgery, n=314 (BMC Musculoskelet Disord, s12891-022-05848-y)",
    kind="cohort",
    year=2022,
    verified=CBS,
)
LONNE_2012 = Source(
    id="lonne-2012",
    title="Recovery of muscle weakness after disc herniation surgery (Eur Spine J 21:655, PMID 22193841)",
    kind="cohort",
    year=2012,
    verified=CBS,
)
POSTACCHINI_2002 = Source(
    id="postacchini-2002",
    title="Recovery of motor deficits after microdiscectomy, n=116 (JBJS Br 84-B:1040)",
    kind="cohort",
    year=2002,
    verified=CBS,
)
LEBOW_2011 = Source(
    id="lebow-2011",
    title="Same-site recurrent herniation on serial imaging (Spine 36:2147, PMID 21343849)",
    kind="prospective cohort",
    year=2011,
    verified=CBS,
)
FINNISH_2007 = Source(
    id="finnish-2007",
    title="Five-year cohort of recurrence after disc surgery (BMC Musculoskelet Disord 8:2)",
    kind="cohort",
    year=2007,
    verified=CBS,
)
MARISCAL_2022 = Source(
    id="mariscal-2022",
    title="Recurrent lumbar disc herniation, narrative review",
    kind="narrative review",
    year=2022,
    verified=CBS,
)
RLDH_REVIEWS = Source(
    id="rldh-reviews",
    title="Reviews of recurrent lumbar disc herniation (PMC2612570, PMC5685971)",
    kind="reviews",
    year=None,
    verified=CBS,
)
PAIN_FREE_SERIES_2012 = Source(
    id="pain-free-series-2012",
    title="Series that define recurrence by six pain-free months (2012 series, 2022 review)",
    kind="case series",
    year=2012,
    verified=CBS,
)
GERLING_2016 = Source(
    id="gerling-2016",
    title="Reoperation after stenosis surgery, SPORT (Spine 41:901, PMC5521164)",
    kind="trial cohort",
    year=2016,
    verified=CBS,
)
IFBSS_2015 = Source(
    id="ifbss-2015",
    title="Immediate failure after lumbar disc surgery, 44 of 1546 (Neurosurg Rev 38:191, PMID 25242202)",
    kind="case series",
    year=2015,
    verified=CBS,
)
CHRISTELIS_2021 = Source(
    id="christelis-2021",
    title="Persistent spinal pain syndrome: new terms (Pain Med 22:807-818)",
    kind="consensus",
    year=2021,
    url="https://doi.org/10.1093/pm/pnab015",
    verified=CBS,
)
SEBAALY_2018 = Source(
    id="sebaaly-2018",
    title="Failed back surgery syndrome (PMC6002183)",
    kind="narrative review",
    year=2018,
    verified=CBS,
)
SCHUG_2019 = Source(
    id="schug-2019",
    title="Chronic postsurgical pain in ICD-11 (Pain 160:45)",
    kind="consensus",
    year=2019,
    verified=CBS,
)
NICE_TA159 = Source(
    id="nice-ta159",
    title="Spinal cord stimulation for chronic pain (NICE TA159)",
    kind="guideline",
    year=None,
    verified=CBS,
)
ACR_2021 = Source(
    id="acr-2021",
    title="Low back pain, variant 5: prior lumbar surgery (American College of Radiology appropriateness criteria)",
    kind="guideline",
    year=2021,
    verified=CBS,
)
EARLY_MRI = Source(
    id="early-mri-series",
    title="Prospective series of imaging after lumbar surgery in people without symptoms (Boden-type, n=15)",
    kind="prospective series",
    year=None,
    verified=CBS,
)
RESIDUAL_PATHWAYS = Source(
    id="residual-pathways",
    title="Post-void residual in local cauda equina pathways, and as given by BMJ Best Practice",
    kind="local pathways",
    year=None,
    verified=CBS,
)
GIRFT_2023 = Source(
    id="girft-2023",
    title="Cauda equina syndrome pathway (Getting It Right First Time), also as cited by BMJ Best Practice",
    kind="national pathway",
    year=2023,
    verified=CBS,
)
JENSEN_2004 = Source(
    id="jensen-2004",
    title="Cauda equina syndrome after lumbar disc surgery",
    kind="publication",
    year=2004,
    verified=CBS,
)
NICE_CKS_2018 = Source(
    id="nice-cks-2018",
    title="Sciatica: red flags for cauda equina syndrome (NICE CKS)",
    kind="guideline",
    year=2018,
    verified=CBS,
)
GRAFTIEAUX_1997 = Source(
    id="graftieaux-1997",
    title="Haematoma warning signs after disc surgery (title seen in a reference list)",
    kind="publication, title seen only",
    year=1997,
    verified=CBS_PART,
)
REGISTRY_VISITS = Source(
    id="registry-visits",
    title="Follow-up visits of spine registries: BSR 6 weeks and 6 months; NORspine and QOD 3 and 12 months; Swespine 1 year",
    kind="registry practice",
    year=None,
    verified=CBS,
)
SEH_2014 = Source(
    id="seh-2014",
    title="Symptomatic spinal epidural haematoma after lumbar surgery (Eur Spine J 2014, PMID 24760464)",
    kind="case series",
    year=2014,
    verified=CBS,
)
SEH_TIMING_2019 = Source(
    id="seh-timing-2019",
    title="Timing of symptomatic epidural haematoma (HSS J 2019, s11420-019-09690-2)",
    kind="case series",
    year=2019,
    verified=CBS,
)
ALTSCHUL_2017 = Source(
    id="altschul-2017",
    title="Urinary retention after spinal surgery (J Neurosurg Spine 26:229)",
    kind="cohort",
    year=2017,
    verified=CBS,
)
NHSN_WINDOWS = Source(
    id="nhsn-windows",
    title="Surveillance windows of surgical site infection (CDC/NHSN)",
    kind="surveillance definition",
    year=None,
    verified=MHC,
)
BOHL_2015 = Source(
    id="bohl-2015",
    title="Timing of complications after posterior lumbar fusion (PMID 26230536)",
    kind="registry cohort",
    year=2015,
    verified=CBS,
)
NICE_NEWS2 = Source(
    id="nice-news2",
    title="Suspected sepsis: risk by the National Early Warning Score 2 (NICE; NG51, replaced by NG253)",
    kind="guideline",
    year=2025,
    verified=CBS,
)
DISCITIS_REVIEW_2022 = Source(
    id="discitis-review-2022",
    title="Discitis after lumbar surgery, review (Backbone J 2022)",
    kind="review",
    year=2022,
    verified=CBS,
)
ESR_1988 = Source(
    id="esr-1988",
    title="Erythrocyte sedimentation rate and postoperative discitis (Spine 13:98, PMID 3381147)",
    kind="cohort",
    year=1988,
    verified=CBS,
)
CRP_COURSE = Source(
    id="crp-course",
    title="Course of C-reactive protein after spinal surgery (Meyer 1995, Shim 1998, Acta Neurochir)",
    kind="cohorts",
    year=None,
    verified=CBS,
)
DAROUICHE_2006 = Source(
    id="darouiche-2006",
    title="Spinal epidural abscess (N Engl J Med 355:2012)",
    kind="review",
    year=2006,
    verified=MHC,
)
DELAYED_CSF = Source(
    id="delayed-csf",
    title="Delayed leak of cerebrospinal fluid after lumbar surgery (Eur Spine J 2015, s00586-015-3830-4; PJNS)",
    kind="case series",
    year=2015,
    verified=CBS,
)
WELLS = Source(
    id="wells",
    title="Wells scores for deep vein thrombosis and pulmonary embolism; NICE NG158",
    kind="prediction rule",
    year=None,
    verified=MHC,
)
ACR_TRAUMA = Source(
    id="acr-trauma",
    title="Low back pain, low-velocity trauma variant (American College of Radiology appropriateness criteria)",
    kind="guideline",
    year=None,
    verified=CBS,
)
IFOMPT_2020 = Source(
    id="ifompt-2020",
    title="International framework for red flags (IFOMPT, DOI 10.2519/jospt.2020.9971)",
    kind="framework",
    year=2020,
    verified=CBS,
)
NICE_NG234 = Source(
    id="nice-ng234",
    title="Spinal metastases and metastatic spinal cord compression (NICE NG234)",
    kind="guideline",
    year=None,
    verified=MHC,
)
NICE_NG59 = Source(
    id="nice-ng59",
    title="Low back pain and sciatica in over 16s (NICE NG59)",
    kind="guideline",
    year=None,
    verified=CBS,
)
EMERGENCY_PRACTICE = Source(
    id="emergency-practice",
    title="General emergency practice, written from memory with high confidence, no publication named",
    kind="general practice",
    year=None,
    verified=MHC,
)
PHQ_9 = Source(
    id="phq-9",
    title="PHQ-9: validity of a brief depression severity measure (Kroenke 2001)",
    kind="validation study",
    year=2001,
    verified=MHC,
)

PASSAVANTI_2020 = Source(
    id="passavanti-2020",
    title="Contrast in MRI after lumbar surgery (Passavanti 2020)",
    kind="cohort",
    year=2020,
    verified=CBS,
)
ACR_CONTRAST = Source(
    id="acr-contrast",
    title="Manual on contrast media (American College of Radiology)",
    kind="guideline",
    year=None,
    verified=MHC,
)
AAPMR_EMG = Source(
    id="aapmr-emg",
    title="Electrodiagnostic examination of lumbosacral radiculopathy (AAPM&R page)",
    kind="professional society page",
    year=None,
    verified=CBS,
)
PCS_MANUAL = Source(
    id="pcs-manual",
    title="Pain Catastrophizing Scale (Sullivan 1995, user manual 2009)",
    kind="validation study",
    year=2009,
    verified=MHC,
)
START_BACK_2008 = Source(
    id="start-back-2008",
    title="STarT Back screening tool (Hill 2008)",
    kind="validation study",
    year=2008,
    verified=MHC,
)
HERNIATION_RISKS = Source(
    id="herniation-risks",
    title="Risk factors of recurrent lumbar disc herniation (PMC4718239, SPORT PMC5515079, Carragee)",
    kind="review and cohorts",
    year=None,
    verified=CBS,
)
LEVEN_2015 = Source(
    id="leven-2015",
    title="Reoperation after lumbar disc herniation surgery, SPORT (JBJS 97:1316, PMID 26290082)",
    kind="trial cohort",
    year=2015,
    verified=CBS,
)
ROSS_1996 = Source(
    id="ross-1996",
    title="Epidural scar and radicular pain after lumbar discectomy (Neurosurgery 38:855)",
    kind="trial cohort",
    year=1996,
    verified=CBS,
)
SCAR_CONTRA = Source(
    id="scar-contra",
    title="Studies that find no link between epidural scar and pain (Eur Spine J 1999;8:475, Spine 1995;20:449)",
    kind="cohorts",
    year=None,
    verified=CBS,
)
BURTON_1981 = Source(
    id="burton-1981",
    title="Causes of failure of surgery on the lumbar spine (CORR 157:191; figures seen in a secondary page)",
    kind="case series",
    year=1981,
    verified=CBS_PART,
)
GUHA_2015 = Source(
    id="guha-2015",
    title="Instability after lumbar laminectomy, review of 24 studies, n=2496 (FOCUS15259)",
    kind="systematic review",
    year=2015,
    verified=CBS,
)
RAMHMDANI_2018 = Source(
    id="ramhmdani-2018",
    title="Instability after lumbar laminectomy, series and literature (PMID 29454126; Eur Spine J 2022)",
    kind="case series",
    year=2018,
    verified=CBS,
)
NO_VALID_TEST_2023 = Source(
    id="no-valid-test-2023",
    title="Lumbar instability: preprint on the lack of a validated test",
    kind="preprint",
    year=2023,
    verified=CBS,
)
FLEXION_EXTENSION = Source(
    id="flexion-extension",
    title="Limits of movement on flexion and extension in common use, White and Panjabi among them",
    kind="general practice",
    year=None,
    verified=MHC,
)
DISCITIS_RATES = Source(
    id="discitis-rates",
    title="Rates of discitis after lumbar surgery (neurosurgerywiki; Backbone J 2022; JKNS 1995)",
    kind="reviews and series",
    year=None,
    verified=CBS,
)
DN4_2005 = Source(
    id="dn4-2005",
    title="DN4, a questionnaire of neuropathic pain (Bouhassira, Pain 114:29)",
    kind="validation study",
    year=2005,
    verified=MHC,
)
PAINDETECT_2006 = Source(
    id="paindetect-2006",
    title="painDETECT, a questionnaire of neuropathic pain (Freynhagen 2006; NINDS common data elements)",
    kind="validation study",
    year=2006,
    verified=CBS,
)
ICD_11 = Source(
    id="icd-11",
    title="Chronic postsurgical or post-traumatic pain in ICD-11 (MG30.2, MG30.21)",
    kind="classification",
    year=None,
    verified=CBS,
)
FAILURE_REVIEWS = Source(
    id="failure-reviews",
    title="Causes of pain after lumbar surgery (Int Orthop 2018, s00264-018-4246-7; PMC6002183)",
    kind="narrative reviews",
    year=2018,
    verified=CBS,
)
SEH_EVACUATION = Source(
    id="seh-evacuation",
    title="Time to evacuation of a spinal epidural haematoma (Barrow)",
    kind="case series",
    year=None,
    verified=CBS,
)
COPAY_2008 = Source(
    id="copay-2008",
    title="Minimum clinically important difference in lumbar spine surgery, n=454 (Spine J 8:968-974, PMID 18201937)",
    kind="cohort",
    year=2008,
    verified=CBS,
)
GLASSMAN_2008 = Source(
    id="glassman-2008",
    title="Substantial clinical benefit after lumbar fusion, n=357 (J Bone Joint Surg Am 90:1839-1847, PMID 18762642)",
    kind="cohort",
    year=2008,
    verified=CBS,
)
BERG_2024 = Source(
    id="berg-2024",
    title="Models of success after lumbar disc herniation surgery, n=22707 (JAMA Netw Open 2024, PMC10851101)",
    kind="registry cohort",
    year=2024,
    verified=CBS,
)
NORDSTEN_2024 = Source(
    id="nordsten-2024",
    title="Success after lumbar stenosis surgery, NORDSTEN n=601 (Eur Spine J 2024)",
    kind="trial cohort",
    year=2024,
    url="https://doi.org/10.1007/s00586-024-08440-1",
    verified=CBS,
)
TUBULAR_MCID = Source(
    id="tubular-mcid",
    title="Minimum clinically important difference after tubular stenosis surgery, n=235 (IJSS, node 8557)",
    kind="cohort",
    year=None,
    verified=CBS,
)
FUSE_ML_2022 = Source(
    id="fuse-ml-2022",
    title="Cut-offs of a registry model of lumbar fusion, FUSE-ML (Eur Spine J 31:2629)",
    kind="registry cohort",
    year=2022,
    verified=CBS,
)
PASS_FUSION = Source(
    id="pass-fusion",
    title="Acceptable symptom state after minimally invasive lumbar fusion, n=692 (registry study, authors not seen)",
    kind="registry cohort",
    year=None,
    verified=CBS,
)
HAUGEN_2011 = Source(
    id="haugen-2011",
    title="Success cut-offs in sciatica, n=466, mixed treatment (Eur Spine J 20:1669, PMC3175874)",
    kind="cohort",
    year=2011,
    verified=CBS,
)
FAILURE_2022 = Source(
    id="failure-2022",
    title="Satisfied and unsatisfied patients by pain and disability, n=486 (BMC Musculoskelet Disord, s12891-022-05460-0)",
    kind="cohort",
    year=2022,
    verified=CBS,
)
VASANKARI = Source(
    id="vasankari",
    title="Epidural haematoma after microdecompression of lumbar stenosis, Finland (Vasankari et al., year not seen)",
    kind="cohort",
    year=None,
    verified=CBS,
)
HUEFTLE_1988 = Source(
    id="hueftle-1988",
    title="Contrast in MRI after lumbar surgery: scar against disc (Hueftle 1988)",
    kind="case series",
    year=1988,
    verified=CBS,
)
PLAIN_MRI = Source(
    id="plain-mri",
    title="MRI without contrast after lumbar surgery, held against surgical findings",
    kind="case series",
    year=None,
    verified=CBS,
)
NEURORADIOLOGY_1996 = Source(
    id="neuroradiology-1996",
    title="MRI six months after lumbar disc surgery in people who are well (Neuroradiology 38:S90)",
    kind="case series",
    year=1996,
    verified=CBS,
)
NICE_MTG41 = Source(
    id="nice-mtg41",
    title="A spinal cord stimulation system for chronic pain (NICE MTG41)",
    kind="guideline",
    year=None,
    verified=CBS,
)
PROCESS_TRIAL = Source(
    id="process-trial",
    title="Trial of spinal cord stimulation for neuropathic pain after back surgery (PROCESS)",
    kind="trial cohort",
    year=None,
    verified=CBS,
)
FUSION_IMAGING = Source(
    id="fusion-imaging",
    title="Imaging of a lumbar fusion, written from memory with high confidence, no publication named",
    kind="general practice",
    year=None,
    verified=MHC,
)
