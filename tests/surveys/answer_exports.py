"""Answers written in the shape of each tool's export, as their manuals and real files show it."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item

Row = Mapping[str, str]  # item -> codes with spaces between, as a study keeps them
Writer = Callable[[Path, Instrument, Sequence[Row], str], Path]


def asked(instrument: Instrument) -> list[Item]:
    return [item for item in instrument.items if item.asked]


def label(instrument: Instrument, item: Item, code: str, language: str) -> str:
    if not item.choice_list:
        return code
    choices = {each.name: each.label[language] for each in instrument.choices[item.choice_list]}
    return " and ".join(choices[code] for code in [code] if code)


def labels(instrument: Instrument, item: Item, cell: str, language: str) -> list[str]:
    if not item.choice_list:
        return [cell]
    return [label(instrument, item, code, language) for code in cell.split()]


def choices(instrument: Instrument, item: Item) -> list[str]:
    return [each.name for each in instrument.choices[item.choice_list]]


def write_csv(path: Path, rows: Iterable[Sequence[str]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return path


def google(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    return write_csv(path.with_suffix(".csv"), _google(instrument, rows, language))


def google_excel(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    book = openpyxl.Workbook()
    for line in _google(instrument, rows, language):
        book.active.append(line)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def _google(instrument: Instrument, rows: Sequence[Row], language: str) -> Iterable[list[str]]:
    items = asked(instrument)
    yield [
        "Timestamp",
        "Email Address",
        *(
            f"How far do you agree? [{item.label[language]}]"
            if item.choice_list and not item.many
            else item.label[language]
            for item in items
        ),
    ]
    for number, row in enumerate(rows):
        cells = [", ".join(labels(instrument, item, row[item.name], language)) for item in items]
        yield [f"2/3/2025 18:05:{number:02d}", f"p{number}@example.org", *cells]


QUALTRICS = {
    "StartDate": ("Start Date", "startDate", "2025-02-03 18:00:09"),
    "EndDate": ("End Date", "endDate", "2025-02-03 18:04:48"),
    "Status": ("Response Type", "status", "0"),
    "IPAddress": ("IP Address", "ipAddress", "192.0.2.34"),
    "Progress": ("Progress", "progress", "100"),
    "Duration (in seconds)": ("Duration (in seconds)", "duration", "279"),
    "Finished": ("Finished", "finished", "1"),
    "RecordedDate": ("Recorded Date", "recordedDate", "2025-02-03 18:04:48"),
    "ResponseId": ("Response ID", "_recordId", "R_2YPOQ602ER1jk"),
    "RecipientLastName": ("Recipient Last Name", "recipientLastName", ""),
    "RecipientFirstName": ("Recipient First Name", "recipientFirstName", ""),
    "RecipientEmail": ("Recipient Email", "recipientEmail", ""),
    "ExternalReference": ("External Data Reference", "externalDataReference", ""),
    "LocationLatitude": ("Location Latitude", "locationLatitude", "47.1"),
    "LocationLongitude": ("Location Longitude", "locationLongitude", "7.2"),
    "DistributionChannel": ("Distribution Channel", "distributionChannel", "anonymous"),
    "UserLanguage": ("User Language", "userLanguage", "EN"),
}


def qualtrics_codes(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    return _qualtrics(path, instrument, rows, language, text=False)


def qualtrics_text(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    return _qualtrics(path, instrument, rows, language, text=True)


def _qualtrics(
    path: Path, instrument: Instrument, rows: Sequence[Row], language: str, *, text: bool
) -> Path:
    items = asked(instrument)
    matrix = [f"How far do you agree? - {item.label[language]}" for item in items]
    lines = [
        [*QUALTRICS, *(f"Q{number}" for number in range(1, len(items) + 1))],
        [*(said for said, _, _ in QUALTRICS.values()), *matrix],
        [
            *(json.dumps({"ImportId": name}) for _, name, _ in QUALTRICS.values()),
            *(json.dumps({"ImportId": f"QID{number}"}) for number in range(1, len(items) + 1)),
        ],
    ]
    for number, row in enumerate(rows):
        own = {name: cell for name, (_, _, cell) in QUALTRICS.items()}
        own["ResponseId"] += str(number)
        if text:
            own |= {"Status": "IP Address", "Finished": "True"}
        cells = [
            ",".join(
                labels(instrument, item, row[item.name], language)
                if text or not item.choice_list
                else row[item.name].split()
            )
            for item in items
        ]
        lines.append([*own.values(), *cells])
    return write_csv(path.with_suffix(".csv"), lines)


def lime_codes(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    """Codes in headers and cells; several choices have a column each, Y or nothing."""
    return _lime(path, instrument, rows, language, full=False)


def lime_full(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    """Code and text in headers, the text of answers in cells, Yes or No for choices."""
    return _lime(path, instrument, rows, language, full=True)


def _lime(
    path: Path, instrument: Instrument, rows: Sequence[Row], language: str, *, full: bool
) -> Path:
    own = {
        "id": "Response ID",
        "submitdate": "Date submitted",
        "lastpage": "Last page",
        "startlanguage": "Start language",
        "seed": "Seed",
    }
    head = [f"{code}. {text}" if full else code for code, text in own.items()]
    for item in asked(instrument):
        code, text = item.name.replace("_", ""), item.label[language]
        if item.many:
            for at, choice in enumerate(choices(instrument, item), start=1):
                said = label(instrument, item, choice, language)
                head.append(f"{code}[SQ{at:03d}]. {text} [{said}]" if full else f"{code}[{choice}]")
        else:
            head.append(f"{code}. {text}" if full else code)
    lines = [head]
    for number, row in enumerate(rows, start=1):
        line = [str(number), "1980-01-01 00:00:00", "3", language, "1234567"]
        for item in asked(instrument):
            taken = row[item.name].split()
            if item.many:
                marks = ("Yes", "No") if full else ("Y", "")
                line += [marks[code not in taken] for code in choices(instrument, item)]
            elif full and item.choice_list:
                line.append("".join(labels(instrument, item, row[item.name], language)))
            else:
                line.append(row[item.name])
        lines.append(line)
    return write_csv(path.with_suffix(".csv"), lines)


def redcap_raw(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    head = ["record_id", "redcap_survey_identifier", "survey_timestamp"]
    for item in asked(instrument):
        ticks = [f"{item.name}___{code.replace('-', '_')}" for code in _codes(instrument, item)]
        head += ticks or [item.name]
    lines = [[*head, "survey_complete"]]
    for number, row in enumerate(rows, start=1):
        line = [str(number), "", "2025-02-03 18:04:48"]
        for item in asked(instrument):
            taken = row[item.name].split()
            ticks = [str(int(code in taken)) for code in _codes(instrument, item)]
            line += ticks or [row[item.name]]
        lines.append([*line, "2"])
    return write_csv(path.with_suffix(".csv"), lines)


def redcap_labels(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    head = ["Record ID", "Survey Identifier", "Survey Timestamp"]
    for item in asked(instrument):
        ticks = [
            f"{item.label[language]} (choice={label(instrument, item, code, language)})"
            for code in _codes(instrument, item)
        ]
        head += ticks or [item.label[language]]
    lines = [[*head, "Complete?"]]
    for number, row in enumerate(rows, start=1):
        line = [str(number), "", "2025-02-03 18:04:48"]
        for item in asked(instrument):
            taken = row[item.name].split()
            ticks = [("Unchecked", "Checked")[code in taken] for code in _codes(instrument, item)]
            line += ticks or ["".join(labels(instrument, item, row[item.name], language))]
        lines.append([*line, "Complete"])
    return write_csv(path.with_suffix(".csv"), lines)


def _codes(instrument: Instrument, item: Item) -> list[str]:
    return choices(instrument, item) if item.many else []


def kobo(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    """Semicolons, group/name, and several choices both in one cell and in a column each."""
    head = ["start", "end", "deviceid"]
    for item in asked(instrument):
        name = f"{item.group}/{item.name}" if item.group else item.name
        head += [name, *(f"{name}/{code}" for code in _codes(instrument, item))]
    head += ["_id", "_uuid", "_submission_time", "_validation_status", "_submitted_by", "_index"]
    lines = [head]
    for number, row in enumerate(rows, start=1):
        line = ["2025-02-03T18:00:09.000-05:00", "2025-02-03T18:04:48.000-05:00", "ee.example:9"]
        for item in asked(instrument):
            taken = row[item.name].split()
            ticks = [str(int(code in taken)) if taken else "" for code in _codes(instrument, item)]
            line += [row[item.name], *ticks]
        uuid = f"fe833c3c-6324-4f6b-870b-841eba79{number:04d}"
        lines.append([*line, f"50423{number}", uuid, "2025-02-03T23:04:50", "", "", str(number)])
    return write_csv(path.with_suffix(".csv"), lines, delimiter=";")


def odk_central(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    names = [f"{item.group}-{item.name}" if item.group else item.name for item in asked(instrument)]
    tail = [
        *("KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected"),
        *("Status", "ReviewState", "DeviceID", "Edits", "FormVersion"),
    ]
    lines = [["SubmissionDate", "meta-instanceID", *names, *tail]]
    for number, row in enumerate(rows, start=1):
        key = f"uuid:0aa1{number:04d}"
        cells = [row[item.name] for item in asked(instrument)]
        own = [key, "5", "Alice", "0", "0", "", "", "collect:1", "0", "1"]
        lines.append(["2025-02-03T23:04:50.000Z", key, *cells, *own])
    return write_csv(path.with_suffix(".csv"), lines)


def table(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    names = [item.name for item in asked(instrument)]
    lines = [[f"p-{at}", *(row[name] for name in names)] for at, row in enumerate(rows)]
    return write_csv(path.with_suffix(".csv"), [["respondent", *names], *lines])


def spss(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    found, words = _labelled(instrument, rows, language)
    said = {item.name: item.label[language] for item in asked(instrument)}
    pyreadstat.write_sav(
        found,
        path.with_suffix(".sav"),
        column_labels={
            "pid": "number",
            **{name: said.get(name, "") for name in found if name in said},
        },
        variable_value_labels=words,
        missing_ranges={name: [-9] for name in words if -9 in words[name]},
    )
    return path.with_suffix(".sav")


def stata(path: Path, instrument: Instrument, rows: Sequence[Row], language: str) -> Path:
    found, words = _labelled(instrument, rows, language)
    said = {item.name: item.label[language][:80] for item in asked(instrument)}
    pyreadstat.write_dta(
        found,
        path.with_suffix(".dta"),
        column_labels={name: said.get(name, "") for name in found},
        variable_value_labels=words,
    )
    return path.with_suffix(".dta")


def _labelled(
    instrument: Instrument, rows: Sequence[Row], language: str
) -> tuple[pd.DataFrame, dict[str, dict[int | float, str]]]:
    columns: dict[str, list[object]] = {"respondent": [f"p-{at}" for at in range(len(rows))]}
    words: dict[str, dict[int | float, str]] = {}
    for item in asked(instrument):
        cells = [row[item.name] for row in rows]
        if item.choice_list and not item.many:
            columns[item.name] = [float(cell) if cell else None for cell in cells]
            words[item.name] = {
                int(code): label(instrument, item, code, language)
                for code in choices(instrument, item)
            }
        elif item.type == "integer":
            columns[item.name] = [float(cell) if cell else None for cell in cells]
        elif item.many:
            columns[item.name] = [",".join(cell.split()) for cell in cells]
        else:
            columns[item.name] = list(cells)
    numeric = {name for name in columns if name in words}
    table = pd.DataFrame(columns)
    for name in table:
        item = next((each for each in asked(instrument) if each.name == name), None)
        if name in numeric or (item is not None and item.type == "integer"):
            table[name] = table[name].astype(float)
    return table, words


WRITERS: dict[str, tuple[str, Writer]] = {
    "google": ("google", google),
    "google_excel": ("google", google_excel),
    "qualtrics_codes": ("qualtrics", qualtrics_codes),
    "qualtrics_text": ("qualtrics", qualtrics_text),
    "lime_codes": ("limesurvey", lime_codes),
    "lime_full": ("limesurvey", lime_full),
    "redcap_raw": ("redcap", redcap_raw),
    "redcap_labels": ("redcap", redcap_labels),
    "kobo": ("odk", kobo),
    "odk_central": ("odk", odk_central),
    "table": ("table", table),
    "spss": ("spss", spss),
    "stata": ("stata", stata),
}
