"""The dataset described for a data archive: DDI-Codebook 2.5 (XML) beside the CSV.

No count of answers stands in it: a frequency of a rare answer would tell of few people.
"""

from collections.abc import Iterable
from typing import Any

from lxml import etree

from outcomes.surveys.data_files.csv_file import csv_file
from outcomes.surveys.data_files.dataset import Dataset, Variable, Written
from outcomes.surveys.data_files.label_text import one_line
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.parts import Texts
from outcomes.surveys.wording import language_tag

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_CONDITIONS = (
    "Use the data for research and evaluation only. Do not try to find out who answered, and "
    "publish no number that rests on few people."
)


def ddi_files(dataset: Dataset, *, stem: str) -> Written:
    """Write the CSV and, beside it, its description as data archives read it.

    Labels stand in every language of the dataset.

    Args:
        dataset: What to write.
        stem: The files are called this, with the endings .csv and .xml.

    Source:
        DDI Alliance, DDI-Codebook 2.5 (2012): codeBook with docDscr, stdyDscr, fileDscr, dataDscr.
    """
    told = csv_file(dataset, stem=stem)
    root = etree.Element(f"{{{NAMESPACE}}}codeBook", nsmap={None: NAMESPACE}, version="2.5")
    root.set(_LANG, language_tag(dataset.languages[0]))
    _document(root, dataset)
    _study(root, dataset)
    _file(root, dataset, name=f"{stem}.csv")
    data = _add(root, "dataDscr")
    ids = legal_names(dataset.names(), "stata")
    for variable in dataset.variables:
        _variable(data, dataset, variable, identity=f"V_{ids[variable.name]}")
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Written(files={**told.files, f"{stem}.xml": content}, notes=told.notes)


def _document(root: Any, dataset: Dataset) -> None:
    citation = _add(_add(root, "docDscr"), "citation")
    _titles(citation, dataset)
    _add(_add(citation, "prodStmt"), "software", "outcomes")


def _study(root: Any, dataset: Dataset) -> None:
    study = _add(root, "stdyDscr")
    citation = _add(study, "citation")
    _titles(citation, dataset)
    if dataset.about.agency:
        _add(_add(citation, "rspStmt"), "AuthEnty", dataset.about.agency)
    for each in dataset.instruments:
        _add(_add(citation, "verStmt"), "version", f"{each.id}, version {each.version}")
    info = _add(study, "stdyInfo")
    subject = _add(info, "subject")
    for concept in dict.fromkeys(each.source.concept for each in dataset.instruments):
        _add(subject, "keyword", concept)
    for text in filter(None, (dataset.about.generated, *dataset.notes)):
        _add(info, "abstract", text)
    _summary(_add(info, "sumDscr"), dataset)
    collecting = _add(_add(study, "method"), "dataColl")
    _add(collecting, "collMode", "self-completed questionnaire")
    _add(_add(_add(study, "dataAccs"), "useStmt"), "conditions", _CONDITIONS)


def _summary(summary: Any, dataset: Dataset) -> None:
    about = dataset.about
    for day, event in ((about.first, "start"), (about.last, "end")):
        if day:
            _add(summary, "collDate", day, date=day, event=event)
    for place in about.places:
        _add(summary, "geogCover", place)
    _add(summary, "anlyUnit", "individual")
    for population in dict.fromkeys(each.population for each in dataset.instruments):
        _add(summary, "universe", population)
    _add(summary, "dataKind", "survey data")


def _titles(citation: Any, dataset: Dataset) -> None:
    """Give one title, and those in the other languages as parallel ones."""
    statement = _add(citation, "titlStmt")
    said = [
        (language, dataset.about.title[language])
        for language in dataset.languages
        if dataset.about.title.get(language)
    ] or [(dataset.languages[0], dataset.name)]
    for at, (language, title) in enumerate(said):
        _add(statement, "parTitl" if at else "titl", title).set(_LANG, language_tag(language))
    _add(statement, "IDNo", dataset.name)


def _file(root: Any, dataset: Dataset, *, name: str) -> None:
    text = _add(_add(root, "fileDscr", ID="F1"), "fileTxt")
    _add(text, "fileName", name)
    size = _add(text, "dimensns")
    _add(size, "caseQnty", str(len(dataset.table)))
    _add(size, "varQnty", str(len(dataset.variables)))
    _add(text, "fileType", "text/csv; UTF-8", charset="UTF-8")


def _variable(data: Any, dataset: Dataset, variable: Variable, *, identity: str) -> None:
    told = _add(data, "var", ID=identity, name=variable.name, files="F1")
    told.set("intrvl", "contin" if variable.kind in {"number", "date"} else "discrete")
    if variable.role == "weight":
        told.set("wgt", "wgt")
    _in_languages(told, "labl", variable.label, dataset.languages)
    if variable.role == "item":
        _in_languages(_add(told, "qstn"), "qstnLit", variable.label, dataset.languages)
    _codes(told, dataset, variable)
    for name in variable.scales:
        turned = " (reversed: agreeing means less)" if name in variable.reversed_in else ""
        _add(told, "concept", f"{name}{turned}")
    if variable.how:
        _add(_add(told, "derivation"), "drvdesc", variable.how)
    numeric = variable.kind in {"number", "mark"}
    form = _add(told, "varFormat", type="numeric" if numeric else "character")
    if variable.kind == "date":
        form.set("category", "date")


def _codes(told: Any, dataset: Dataset, variable: Variable) -> None:
    codes = dataset.codes_of(variable)
    if none := [each for each in codes if each.missing]:
        invalid = _add(told, "invalrng")
        for each in none:
            _add(invalid, "item", VALUE=one_line(each.code))
    for each in codes:
        category = _add(told, "catgry")
        if each.missing:
            category.set("missing", "Y")
        _add(category, "catValu", each.code)
        _in_languages(category, "labl", each.label, dataset.languages)


def _in_languages(parent: Any, tag: str, texts: Texts, languages: Iterable[str]) -> None:
    for language in languages:
        if text := texts.get(language):
            _add(parent, tag, text).set(_LANG, language_tag(language))


def _add(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    if text:
        element.text = one_line(text)
    return element
