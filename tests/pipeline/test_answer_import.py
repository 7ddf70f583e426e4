"""Answers of other tools, byte for byte as they export them, come into the store once and right."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from outcomes.errors import DataError, FileError, RowsRefused
from outcomes.pipeline.answer_import import (
    import_mapped,
    import_wave_file,
    map_file,
    write_mapping,
)
from outcomes.pipeline.surveys import score_waves
from outcomes.sheets import Reading
from outcomes.store import read_facts
from outcomes.study import Study, open_study, study_key
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import respondent_of

INSTRUMENT = """\
id: academy
version: 1
title::en: A short survey
title::es: Una encuesta corta
languages: [en, es]
population: academy participants
source: {construct: trust, items: own items}
licence: MIT
notice::en: Taking part is your choice.
notice::es: Participar es voluntario.
code:
  intro::en: Please make your own code.
  intro::es: Por favor, forme su propio código.
  elements:
    - {name: mother_letter, kind: letter, "label::en": First letter of your mother's name,
       "label::es": Primera letra del nombre de su mamá}
choices:
  agree:
    - {name: 1, "label::en": Disagree, "label::es": En desacuerdo}
    - {name: 2, "label::en": "Neither, nor", "label::es": "Ni uno, ni otro"}
    - {name: 3, "label::en": Agree, "label::es": De acuerdo}
    - {name: -9, "label::en": Prefer not to say, "label::es": Prefiero no contestar}
  why:
    - {name: 1, "label::en": "No time, or no way to get there", "label::es": Sin tiempo}
    - {name: 2, "label::en": Not of interest, "label::es": Sin interés}
    - {name: 0, "label::en": None of these, "label::es": Nada de esto}
missing: [-9]
items:
  - {name: trust_1, type: select_one agree, "label::en": They tell the truth.,
     "label::es": Dicen la verdad.}
  - {name: trust_2, type: select_one agree, "label::en": They hide mistakes.,
     "label::es": Esconden errores.}
  - {name: why, type: select_multiple why, "label::en": Why did you not come?,
     "label::es": ¿Por qué no vino?}
  - {name: times, type: integer, "label::en": How often did you come?,
     "label::es": ¿Cuántas veces vino?, constraint: ". < 100", "constraint_message::en": Too many.,
     "constraint_message::es": Demasiadas.}
scales:
  trust: {label: trust, items: [trust_1, trust_2], reversed: [trust_2]}
"""

GOOGLE = """\
Timestamp,Email Address,How far do you agree? [They tell the truth.],\
How far do you agree? [They hide mistakes.],Why did you not come?,How often did you come?
2/3/2025 18:05:11,ann@example.org,Agree,"Neither, nor",\
"No time, or no way to get there, Not of interest",4
2/4/2025 9:30:02,bo@example.org,Disagree,Prefer not to say,,
"""
QUALTRICS = """\
StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,\
RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,\
LocationLongitude,DistributionChannel,UserLanguage,Q1_1,Q1_2,Q2,Q3
Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,\
Response ID,Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,\
Location Latitude,Location Longitude,Distribution Channel,User Language,\
How far do you agree? - They tell the truth.,How far do you agree? - They hide mistakes.,\
Why did you not come? - Selected Choice,How often did you come?
"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}","{""ImportId"":""endDate""}",\
"{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}",\
"{""ImportId"":""duration""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}",\
"{""ImportId"":""_recordId""}","{""ImportId"":""recipientLastName""}",\
"{""ImportId"":""recipientFirstName""}","{""ImportId"":""recipientEmail""}",\
"{""ImportId"":""externalDataReference""}","{""ImportId"":""locationLatitude""}",\
"{""ImportId"":""locationLongitude""}","{""ImportId"":""distributionChannel""}",\
"{""ImportId"":""userLanguage""}","{""ImportId"":""QID1_1""}","{""ImportId"":""QID1_2""}",\
"{""ImportId"":""QID2""}","{""ImportId"":""QID3_TEXT""}"
2025-02-03 18:00:09,2025-02-03 18:05:11,0,192.0.2.34,100,302,1,2025-02-03 18:05:11,\
R_2YPOQ602ER1jkf1,,,,,47.115,7.2315,anonymous,EN,3,2,"1,2",4
2025-02-04 09:28:09,2025-02-04 09:30:02,0,192.0.2.35,100,113,1,2025-02-04 09:30:02,\
R_3Kd8aPl0mQ2xYzz,,,,,47.116,7.2316,anonymous,ES,1,-9,,-99
2025-02-04 10:00:00,2025-02-04 10:01:00,1,,100,60,1,2025-02-04 10:01:00,\
R_1previewAAAAAAA,,,,,,,preview,EN,3,3,2,1
2025-02-05 10:00:00,2025-02-05 10:01:00,0,192.0.2.36,40,60,0,2025-02-05 10:01:00,\
R_1brokeOffAAAAAA,,,,,,,anonymous,EN,2,,,
"""
LIMESURVEY = """\
"id","submitdate","lastpage","startlanguage","seed","ipaddr","trust1","trust2","why[1]","why[2]",\
"why[0]","times"
"11","1980-01-01 00:00:00","3","en","1827364554","192.0.2.34","3","2","Y","Y","","4"
"12","1980-01-01 00:00:00","3","es","1827364555","192.0.2.35","1","-9","","","",""
"13","","1","en","1827364556","192.0.2.36","2","","","","",""
"""
LIME_A_CODES = LIMESURVEY.replace('"3","2","Y"', '"A3","A2","Y"').replace('"1","-9"', '"A1","A9"')
REDCAP = """\
record_id,redcap_event_name,redcap_survey_identifier,survey_timestamp,trust_1,trust_2,why___1,\
why___2,why___0,times,survey_complete
1,pre_arm_1,,"2025-02-03 18:05:11",3,2,1,1,0,4,2
1,post_arm_1,,"2025-04-14 18:05:11",3,3,0,0,0,5,2
2,pre_arm_1,,"2025-02-04 09:30:02",1,-9,0,0,0,,2
3,pre_arm_1,,"[not completed]",2,,0,0,0,,0
"""
KOBO = """\
"start";"end";"deviceid";"views/trust_1";"views/trust_2";"why";"why/1";"why/2";"why/0";"times";\
"__version__";"_id";"_uuid";"_submission_time";"_validation_status";"_notes";"_status";\
"_submitted_by";"_tags";"_index"
"2025-02-03T18:00:09.312-05:00";"2025-02-03T18:05:11.000-05:00";"collect:9kd";"3";"2";"1 2";"1";\
"1";"0";"4";"vT5";"504238666";"fe833c3c-6324-4f6b-870b-841eba799f11";"2025-02-03T23:05:13";"";"";\
"submitted_via_web";"";"";"1"
"2025-02-04T09:28:09.312-05:00";"2025-02-04T09:30:02.000-05:00";"collect:9kd";"1";"-9";"";"";"";"";\
"";"vT5";"504238667";"0b1c3c3c-6324-4f6b-870b-841eba799f12";"2025-02-04T14:30:05";"";"";\
"submitted_via_web";"";"";"2"
"3";"3";"collect:9kd";"1";"1";"";"";"";"";"";"vT5";"504238668";\
"7c1c3c3c-6324-4f6b-870b-841eba799f13";"2025-02-04T14:31:05";"validation_status_not_approved";"";\
"submitted_via_web";"";"";"3"
"""
PLAIN = "respondent,trust_1,trust_2,why,times\nS-1,3,2,1 2,4\nS-2,1,-9,,\n"
EXPORTS = {
    "google": GOOGLE,
    "qualtrics": QUALTRICS,
    "limesurvey": LIMESURVEY,
    "odk": KOBO,
    "table": PLAIN,
}
FIRST = {"trust_1": "3", "trust_2": "2", "why": "1 2", "times": "4"}
SECOND = {"trust_1": "1", "trust_2": "-9", "why": "", "times": ""}


@pytest.fixture
def study(study_folder: Path) -> Study:
    (study_folder / "surveys").mkdir()
    (study_folder / "surveys/academy.yaml").write_text(INSTRUMENT, encoding="utf-8")
    return open_study(study_folder)


def saved(study: Study, content: str, name: str = "export.csv") -> Path:
    path = study.root / name
    path.write_text(content, encoding="utf-8")
    return path


def mapped(study: Study, path: Path) -> Path:
    proposal = map_file(path, study.instrument_path("academy"))
    return write_mapping(proposal, path.with_suffix(".toml"), replace_it=True)


def bring_in(study: Study, path: Path, mapping: Path | None = None, **options: object):
    mapping = mapping or mapped(study, path)
    return import_mapped(study, path, wave="spring-pre", mapping=mapping, **options)


def stored(study: Study) -> list[dict[str, str]]:
    return list(read_facts(study.store, "answers")["answers"])


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_an_export_comes_in_once_however_often_it_is_imported(study: Study, kind: str) -> None:
    path = saved(study, EXPORTS[kind])
    proposal = map_file(path, study.instrument_path("academy"))
    assert proposal.file.kind == kind
    first = bring_in(study, path)
    assert (first.new, first.known, first.refusals) == (2, 0, ())
    assert stored(study) == [FIRST, SECOND]
    second = bring_in(study, path)
    assert (second.new, second.known) == (0, 2)
    assert stored(study) == [FIRST, SECOND]


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_a_later_export_with_more_rows_adds_only_those(study: Study, kind: str) -> None:
    lines = EXPORTS[kind].splitlines(keepends=True)
    whole = saved(study, EXPORTS[kind], "whole.csv")
    mapping = mapped(study, whole)
    at = next(number for number, line in enumerate(lines) if SECOND_ROW[kind] in line)
    bring_in(study, saved(study, "".join(lines[:at]), "early.csv"), mapping)
    assert stored(study) == [FIRST]
    found = bring_in(study, whole, mapping)
    assert (found.new, found.known) == (1, 1)
    assert stored(study) == [FIRST, SECOND]


SECOND_ROW = {
    "google": "bo@example.org",
    "qualtrics": "192.0.2.35",
    "limesurvey": '"12"',
    "odk": "2025-02-04T09:28",
    "table": "S-2",
}


@pytest.mark.parametrize("kind", ["qualtrics", "limesurvey", "odk", "table"])
def test_a_changed_row_needs_amend_and_the_first_version_stays(study: Study, kind: str) -> None:
    path = saved(study, EXPORTS[kind])
    mapping = mapped(study, path)
    bring_in(study, path, mapping)
    changed = {
        "qualtrics": ("EN,3,2,", "EN,1,2,"),
        "limesurvey": ('"3","2","Y"', '"1","2","Y"'),
        "odk": ('"3";"2";"1 2"', '"1";"2";"1 2"'),
        "table": ("S-1,3", "S-1,1"),
    }[kind]
    path.write_text(EXPORTS[kind].replace(*changed), encoding="utf-8")
    with pytest.raises(DataError, match="--amend"):
        bring_in(study, path, mapping)
    assert stored(study)[0] == FIRST
    assert bring_in(study, path, mapping, amend=True).new == 1
    assert stored(study)[0]["trust_1"] == "1"


def test_the_order_of_rows_and_a_new_empty_question_change_nothing_where_no_column_tells_people(
    study: Study,
) -> None:
    path = saved(study, GOOGLE)
    mapping = mapped(study, path)
    bring_in(study, path, mapping)
    head, first, second = GOOGLE.splitlines()
    turned = saved(study, f"{head},New question\n{second},\n{first},\n", "later.csv")
    found = bring_in(study, turned, mapping)
    assert (found.new, found.known) == (0, 2)


def test_two_people_who_answered_all_the_same_are_two_people(study: Study) -> None:
    twice = saved(study, "trust_1,trust_2\n3,1\n3,1\n")
    assert bring_in(study, twice).new == 2
    assert bring_in(study, twice).known == 2


def test_spss_and_stata_files_come_in_by_the_words_of_their_labels(
    study: Study, tmp_path: Path
) -> None:
    table = pd.DataFrame(
        {"pid": ["a", "b"], "Q1": [1.0, 3.0], "Q2": [2.0, 99.0], "times": [4.0, None]}
    )
    turned = {1: "Agree", 2: "Neither, nor", 3: "Disagree", 99: "no answer"}
    words = {"Q1": "They tell the truth.", "Q2": "They hide mistakes."}
    sav, dta = tmp_path / "a.sav", tmp_path / "a.dta"
    pyreadstat.write_sav(
        table,
        sav,
        column_labels=words,
        variable_value_labels={"Q1": turned, "Q2": turned},
        missing_ranges={"Q2": [{"lo": 90, "hi": 99}]},
    )
    labels = {"Q1": turned, "Q2": turned}
    pyreadstat.write_dta(table, dta, column_labels=words, variable_value_labels=labels)
    bring_in(study, sav)
    assert [(row["trust_1"], row["trust_2"], row["times"]) for row in stored(study)] == [
        ("3", "2", "4"),
        ("1", "", ""),
    ]
    again = bring_in(study, sav)
    assert again.new == 0
    proposal = map_file(dta, study.instrument_path("academy"))
    assert "trust_2" in proposal.undecided  # Stata's file does not say that 99 is no answer
    assert proposal.mapping
    assert proposal.mapping.items["trust_1"].answers["1"] == "3"


def test_a_longitudinal_project_of_redcap_is_cut_to_the_occasion_of_the_wave(study: Study) -> None:
    path = saved(study, REDCAP)
    mapping = mapped(study, path)
    text = mapping.read_text(encoding="utf-8")
    assert '# keep = ["post_arm_1"]  # in the file: "post_arm_1", "pre_arm_1"' in text
    with pytest.raises(RowsRefused, match="the same respondent"):
        bring_in(study, path, mapping)
    lines = [
        line.removeprefix("# ").replace('keep = ["post_arm_1"]', 'keep = ["pre_arm_1"]')
        if line.startswith(("# [[rows]]", "# column", "# keep", "# why"))
        else line
        for line in text.splitlines()
    ]
    mapping.write_text("\n".join(lines), encoding="utf-8")
    found = bring_in(study, path, mapping)
    assert stored(study) == [FIRST, SECOND]
    assert any("1 rows, redcap_event_name is 'post_arm_1'" in note for note in found.notes)
    assert any("1 rows, survey_complete is '0': it was not finished" in n for n in found.notes)
    assert bring_in(study, path, mapping).new == 0


def test_rows_that_are_nobodys_finished_answers_are_counted_and_left_out(study: Study) -> None:
    found = bring_in(study, saved(study, QUALTRICS))
    assert found.read == 4
    assert "Left out: 1 rows, Finished is '0': it was not finished." in found.notes
    assert "Left out: 1 rows, Status is '1': it is a preview, a test or spam." in found.notes


def test_codes_that_mean_nothing_here_are_put_to_a_person(study: Study) -> None:
    path = saved(study, LIME_A_CODES)
    mapping = mapped(study, path)
    text = mapping.read_text(encoding="utf-8")
    assert '# answers = { "A1" = "1", "A3" = "3" }' in text
    with pytest.raises(FileError, match="no column is mapped to trust_1, which the scale trust"):
        bring_in(study, path, mapping)
    lines = [
        line.removeprefix("# ") if line.startswith(("# [items", "# column", "# answers")) else line
        for line in text.replace('"A9" = ""', '"A9" = "-9"').splitlines()
    ]
    mapping.write_text("\n".join(lines), encoding="utf-8")
    bring_in(study, path, mapping)
    assert stored(study) == [FIRST, SECOND]


def test_an_answer_that_the_mapping_does_not_know_refuses_its_row(study: Study) -> None:
    path = saved(study, GOOGLE)
    mapping = mapped(study, path)
    path.write_text(GOOGLE.replace("Disagree", "It depends"), encoding="utf-8")
    with pytest.raises(RowsRefused) as caught:
        bring_in(study, path, mapping)
    (refusal,) = caught.value.refusals
    assert refusal.row == 3
    assert refusal.column == "How far do you agree? [They tell the truth.]"
    assert refusal.problem == "'It depends' is not an answer of trust_1 by the mapping"
    assert "'Disagree', 'Neither, nor', 'Agree'" in refusal.mend
    assert stored(study) == []
    found = bring_in(study, path, mapping, reading=Reading(leave_out_refused=True))
    assert (found.read, found.new, len(found.refusals)) == (2, 1, 1)


@pytest.mark.parametrize("times", ["often", "400"])
def test_a_written_answer_that_cannot_stand_is_refused_under_the_name_of_its_column(
    study: Study, times: str
) -> None:
    path = saved(study, GOOGLE.replace('interest",4', f'interest",{times}'))
    with pytest.raises(RowsRefused, match=r"row 2, column How often did you come\?"):
        bring_in(study, path)


def test_what_says_who_answered_is_named_and_never_stored(study: Study) -> None:
    for kind, content in EXPORTS.items():
        found = bring_in(study, saved(study, content, f"{kind}.csv"), amend=True)
        if kind == "google":
            assert "Personal, and never stored: Email Address." in found.notes
    held = (study.root / "data/study.db").read_bytes()
    held += (
        (study.root / "data/study.db-wal").read_bytes()
        if (study.root / "data/study.db-wal").exists()
        else b""
    )
    for trace in (b"example.org", b"192.0.2.", b"collect:9kd", b"47.11", b"R_2YPOQ602ER1jkf1"):
        assert trace not in held


@pytest.mark.parametrize("column", ["Email Address", "IPAddress", "Your name"])
def test_a_mapping_that_tries_to_map_who_answered_is_refused(study: Study, column: str) -> None:
    path = saved(study, GOOGLE.replace("Email Address", column))
    mapping = mapped(study, path)
    text = mapping.read_text(encoding="utf-8")
    bad = f'[respondent]\ncolumn = "{column}"\nholds = "own id"\n'
    mapping.write_text(text.replace("[date]", f"{bad}\n[date]"), encoding="utf-8")
    with pytest.raises(
        FileError, match=f"line .*respondent.column: the column '{column}' says who"
    ):
        bring_in(study, path, mapping)


def test_card_codes_link_with_the_desk_and_are_not_stored(study: Study) -> None:
    one, other = make_codes(2, seed=7)
    sloppy = other.lower().replace("-", " ")
    path = saved(study, f"Your code,trust_1,trust_2\n{one},3,1\n{sloppy},2,2\n")
    found = bring_in(study, path)
    key = study_key(study)
    table = read_facts(study.store, "answers")
    assert list(table["respondent"]) == [respondent_of(key, one), respondent_of(key, other)]
    assert not any("cannot be linked" in note for note in found.notes)
    assert one.encode() not in (study.root / "data/study.db").read_bytes()


def test_a_card_code_with_a_slip_refuses_its_row_and_is_not_shown(study: Study) -> None:
    codes = make_codes(12, seed=7)
    wrong = codes[0][:-1] + ("2" if codes[0][-1] != "2" else "3")
    rows = "".join(f"{code},3,1\n" for code in (wrong, *codes[1:]))
    path = saved(study, f"Your code,trust_1,trust_2\n{rows}")
    with pytest.raises(RowsRefused, match="row 2, column Your code: this is not a code") as caught:
        bring_in(study, path)
    assert wrong not in str(caught.value)


def test_a_self_made_code_is_stored_as_a_hash_and_scoring_does_not_mind(study: Study) -> None:
    head = "respondent,First letter of your mother's name,trust_1,trust_2"
    path = saved(study, f"{head}\nS-1,m,3,2\nS-2,É,1,1\nS-3,,2,2\n")
    bring_in(study, path)
    codes = [row.get("code.mother_letter") for row in stored(study)]
    assert [len(code) if code else 0 for code in codes] == [26, 26, 0]
    assert codes[0] != codes[1]
    score_waves(study)
    scores = study.read_table("scores")
    assert list(scores["score"]) == [2.5, 2.0, 2.0]


def test_a_form_that_served_two_waves_is_cut_by_the_day(study: Study) -> None:
    late = GOOGLE.replace("2/4/2025", "4/14/2025")
    path = saved(study, late)
    mapping = mapped(study, path)
    found = bring_in(study, path, mapping)
    assert any("1 rows are dated outside the wave's days" in note for note in found.notes)
    text = mapping.read_text(encoding="utf-8").replace('outside = "say"', 'outside = "leave out"')
    mapping.write_text(text, encoding="utf-8")
    again = bring_in(study, path, mapping)
    assert (again.new, again.known) == (0, 1)


def test_places_are_found_by_their_names_or_refused(study: Study) -> None:
    path = saved(study, "respondent,Neighborhood,trust_1,trust_2\nS-1,East bank,3,2\nS-2,,1,1\n")
    mapping = mapped(study, path)
    bring_in(study, path, mapping)
    assert list(read_facts(study.store, "answers")["place"]) == ["eastbank", "agency"]
    path.write_text(
        path.read_text(encoding="utf-8").replace("S-2,,", "S-2,Westbank,"), encoding="utf-8"
    )
    with pytest.raises(RowsRefused, match="row 3, column Neighborhood: 'Westbank' is not a place"):
        bring_in(study, path, mapping)


def test_other_words_may_be_given_a_code(study: Study) -> None:
    path = saved(study, GOOGLE)
    mapping = mapped(study, path)
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(
        text.replace("[items.why]\n", '[items.why]\notherwise = "0"\n'), encoding="utf-8"
    )
    path.write_text(GOOGLE.replace("Not of interest", "My dog, was ill"), encoding="utf-8")
    bring_in(study, path, mapping)
    assert stored(study)[0]["why"] == "1 0"


def test_outcomes_run_reads_a_waves_file_by_the_mapping_beside_it(study: Study) -> None:
    path = saved(study, GOOGLE, "spring-pre.csv")
    with pytest.raises(FileError, match="respondent"):
        import_wave_file(study, path, wave="spring-pre")
    mapped(study, path)
    assert import_wave_file(study, path, wave="spring-pre").new == 2
    with pytest.raises(FileError, match="no mapping lies beside it"):
        import_wave_file(study, path.with_name("other.sav"), wave="spring-pre")


def test_a_mapping_that_somebody_may_have_edited_is_not_written_over(study: Study) -> None:
    path = saved(study, GOOGLE)
    mapping = mapped(study, path)
    with pytest.raises(FileError, match="there is a mapping already"):
        write_mapping(map_file(path, study.instrument_path("academy")), mapping)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('instrument = "academy"', 'instrument = "other"', "it is for the instrument 'other'"),
        ("[items.times]", "[items.hours]", "academy asks no item 'hours'"),
        ('column = "Timestamp"', 'column = "When"', "export.csv has no column 'When'"),
        ('answers = "label"', 'answers = { "Agree" = "4" }', "'4' is no answer of trust_1"),
        ("[items.times]", '[items.times]\ncolumns = { "1" = "x" }', "an item has one column, or a"),
        ('kind = "google"', 'kind = "spss"', "this is a table, not spss"),
        ('outside = "say"', 'outside = "drop"', "'drop' is not allowed"),
        (
            "[items.times]",
            '[code]\nfather = "Timestamp"\n\n[items.times]',
            "the code has no element 'father'",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_answered_with_its_line(
    study: Study, old: str, new: str, said: str
) -> None:
    path = saved(study, GOOGLE)
    mapping = mapped(study, path)
    text = mapping.read_text(encoding="utf-8")
    assert old in text
    mapping.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FileError) as caught:
        bring_in(study, path, mapping)
    assert said in str(caught.value)
