import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from given_answers import choice, dataset, instrument, part, random_answers
from lxml import etree

from outcomes.errors import DataError
from outcomes.surveys.codebook import codebook_content, codebook_json, codebook_yaml
from outcomes.surveys.data_files.csv_file import csv_file
from outcomes.surveys.data_files.data_codebook import data_codebook
from outcomes.surveys.data_files.ddi import NAMESPACE
from outcomes.surveys.data_files.formats import dataset_files
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))
XML = "http://www.w3.org/XML/1998/namespace"
# DDI-Codebook 2.5, the elements that may stand in each, in their order: "*" any number, "?" at
# most one, "!" one. Read from the DDI Alliance's element tree of DDI-Codebook.
STRUCTURE = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr*",
    "docDscr": "citation?",
    "citation": "titlStmt! rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit* notes*",
    "titlStmt": "titl! subTitl* altTitl* parTitl* IDNo*",
    "rspStmt": "AuthEnty* othId*",
    "prodStmt": "producer* copyright? prodDate* prodPlac* software*",
    "verStmt": "version* verResp* notes*",
    "stdyDscr": "citation+ stdyInfo* method* dataAccs* othrStdyMat* notes*",
    "stdyInfo": "subject* abstract* sumDscr* notes*",
    "subject": "keyword* topcClas*",
    "sumDscr": "timePrd* collDate* nation* geogCover* geogUnit* anlyUnit* universe* dataKind*",
    "method": "dataColl* notes* anlyInfo?",
    "dataColl": "timeMeth* dataCollector* frequenc* sampProc* deviat* collMode* resInstru*",
    "dataAccs": "setAvail* useStmt* notes*",
    "useStmt": "confDec* specPerm* restrctn* contact* citReq* deposReq* conditions* disclaimer*",
    "fileDscr": "fileTxt* notes*",
    "fileTxt": "fileName* fileCont* fileStrc? dimensns? fileType* format*",
    "dimensns": "caseQnty* varQnty* logRecL*",
    "dataDscr": "varGrp* var* notes*",
    "var": "location* labl* security* qstn* valrng* invalrng* universe* sumStat* txt* catgryGrp* "
    "catgry* codInstr* verStmt* concept* derivation? varFormat? notes*",
    "qstn": "preQTxt* qstnLit* postQTxt* ivuInstr*",
    "invalrng": "item* range* key* notes*",
    "catgry": "catValu? labl* txt* catStat*",
    "derivation": "varRange* drvdesc* drvcmd*",
}
TIMES = {"*": "zeroOrMore", "+": "oneOrMore", "?": "optional"}


def ddi_schema():
    """The structure above as RELAX NG; elements that are not named in it hold text only."""
    mentioned = {each.rstrip("*+?!") for content in STRUCTURE.values() for each in content.split()}
    parts = []
    for name in {*mentioned, *STRUCTURE}:
        inside = "<text/>" if name not in STRUCTURE else ""
        for each in STRUCTURE.get(name, "").split():
            ref = f'<ref name="{each.rstrip("*+?!")}"/>'
            times = TIMES.get(each[-1])
            inside += f"<{times}>{ref}</{times}>" if times else ref
        parts.append(
            f'<define name="{name}"><element name="{name}"><zeroOrMore><attribute><anyName/>'
            f"</attribute></zeroOrMore>{inside}</element></define>"
        )
    return etree.RelaxNG(
        etree.fromstring(
            f'<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="{NAMESPACE}">'
            f'<start><ref name="codeBook"/></start>{"".join(parts)}</grammar>'
        )
    )


def described(data):
    return etree.fromstring(dataset_files(data, "ddi").files[f"{data.name}.xml"])


def find(root, path):
    return root.xpath(path, namespaces={"d": NAMESPACE})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_is_described_as_ddi_codebook_orders_it(path) -> None:
    form = read_instrument(path)
    data = dataset(part(form, random_answers(form, 5, seed=2)))
    root, schema = described(data), ddi_schema()
    assert schema.validate(root), schema.error_log
    assert find(root, "//d:var/@name") == data.names()
    ids = find(root, "//@ID")
    assert len(set(ids)) == len(ids)
    for language in form.languages:
        said = find(root, f"//d:var/d:labl[@xml:lang='{language}']/text()")
        assert len(said) == len(data.variables)
    assert find(root, "//d:catStat") == find(root, "//d:sumStat") == []  # no counts of answers


def test_the_schema_of_this_test_refuses_what_is_out_of_order() -> None:
    root = described(dataset(part(instrument({"name": "n"}), [{}])))
    schema = ddi_schema()
    assert schema.validate(root)
    root.append(root[0])
    assert not schema.validate(root)


def test_ddi_says_whose_data_they_are_and_which_codes_mean_nothing() -> None:
    form = instrument(
        {"name": "fair", "type": "select_one agree", "label::en": "Fair & <just>?"},
        choices={"agree": [choice(1, "No"), choice(-9, "Rather not")]},
        scales={"trust": {"label": "T", "items": ["fair"], "reversed": ["fair"]}},
    )
    data = dataset(part(form, [{"fair": "1"}], place="x"))
    about = replace(data.about, agency="Elm Police", first="2025-02-03", last="2025-02-07")
    root = described(replace(data, about=about, notes=("Read with care.",)))
    assert find(root, "string(//d:AuthEnty)") == "Elm Police"
    assert find(root, "//d:collDate/@event") == ["start", "end"]
    assert find(root, "string(//d:stdyDscr//d:titl)") == "A short survey"
    assert find(root, "//d:stdyDscr//d:parTitl/@xml:lang") == ["es"]
    (fair,) = find(root, "//d:var[@name='fair']")
    assert find(fair, "string(d:qstn/d:qstnLit)") == "Fair & <just>?"
    assert find(fair, "d:invalrng/d:item/@VALUE") == ["-9"]
    assert find(fair, "string(d:catgry[@missing='Y']/d:catValu)") == "-9"
    assert find(fair, "string(d:concept)") == "trust (reversed: agreeing means less)"
    assert find(root, "string(//d:abstract)") == "Read with care."
    assert find(root, "string(//d:caseQnty)") == "1"


FREE = instrument({"name": "t", "type": "text", "privacy": "free text"}, {"name": "n"})


def test_csv_holds_the_answers_as_they_were_and_runs_in_no_spreadsheet() -> None:
    texts = ["=1+1", 'a "b",\nc', "-9", "é", "", "\x00x"]
    data = dataset(part(FREE, [{"t": text, "n": "-3"} for text in texts]))
    written = csv_file(data, stem="x")
    content = written.files["x.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert list(table["t"]) == ["'=1+1", 'a "b",\nc', "'-9", "é", "", "x"]
    assert set(table["n"]) == {"-3"}
    assert written.notes == ("An apostrophe stands before 2 texts that a spreadsheet would run.",)


def test_the_codebook_says_what_each_program_calls_a_column_and_a_code() -> None:
    form = instrument(
        {"name": "a-b", "type": "select_one agree", "label::es": "¿Justo?"},
        choices={"agree": [choice("no", "No"), choice("si", "Yes"), choice(-9, "Rather not")]},
    )
    data = dataset(part(form, [{"a-b": "no"}]))
    told = data_codebook(data)
    fair = told["variables"][1]
    assert fair["called"] == {"spss": "a_b", "stata": "a_b", "r": "a_b"}
    assert fair["label"] == {"en": "x", "es": "¿Justo?"}
    codes = told["label_sets"]["agree"]
    assert [(each["code"], each["number"], each["stata"]) for each in codes] == [
        ("no", 1, "1"), ("si", 2, "2"), ("-9", -9, ".a"),
    ]  # fmt: skip
    files = dataset_files(data, "csv").files
    assert json.loads(files["data-codebook.json"]) == told
    page = etree.fromstring(files["data-codebook.html"].decode(), etree.HTMLParser())
    assert page.xpath("//tr/@id") == ["column-link_id", "column-a-b"]
    said = " ".join(page.itertext())
    assert "¿Justo?" in said
    assert "Stata: a_b" in " ".join(said.split())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_codebook_of_an_instrument_is_the_same_for_people_and_programs(path) -> None:
    form = read_instrument(path)
    told = codebook_content(form)
    assert json.loads(codebook_json(form)) == told
    assert yaml.safe_load(codebook_yaml(form)) == told
    assert [each["name"] for each in told["items"]] == [item.name for item in form.items]
    assert set(told["items"][0]["text"]) == set(form.languages)


def test_a_file_for_each_language_that_is_asked_for() -> None:
    data = dataset(part(instrument({"name": "n"}), [{}]))
    both = {"data-codebook.html", "data-codebook.json"}
    assert set(dataset_files(data, "spss").files) == both | {"data-en.sav", "data-es.sav"}
    assert set(dataset_files(data, "stata", languages=["es"]).files) == both | {"data.dta"}
    assert set(dataset_files(data, "r", stem="a").files) == {
        "a-codebook.html", "a-codebook.json", "a.csv", "a-en.R", "a-es.R",
    }  # fmt: skip
    with pytest.raises(DataError, match=r"no labels in 'fr'\. Allowed: en, es"):
        dataset_files(data, "spss", languages=["fr"])


def test_the_r_script_is_ascii_and_quotes_what_r_would_take_for_code() -> None:
    form = instrument(
        {"name": "if", "type": "select_one agree", "label::en": 'a"; system("x") # \\ é'},
        choices={"agree": [choice(1, "same"), choice(2, "same"), choice(-9, "none")]},
    )
    script = (
        dataset_files(dataset(part(form, [{}])), "r", languages=["en"]).files["data.R"].decode()
    )
    assert script.isascii()
    assert r'attr(answers$v_if, "label") <- "a\"; system(\"x\") # \\ \U000000e9"' in script
    assert 'labels = c("same [1]", "same [2]", "none")' in script
    assert 'missing = c("-9")' in script


@pytest.mark.skipif(not shutil.which("Rscript"), reason="R is not installed here")
def test_r_reads_its_script_with_values_levels_and_labels(tmp_path) -> None:
    form = instrument(
        {"name": "fair", "type": "select_one agree", "label::en": "¿Fair?"},
        {"name": "age"}, {"name": "born", "type": "date"},
        choices={"agree": [choice(1, "No"), choice(2, "Sí"), choice(-9, "none")]},
    )  # fmt: skip
    data = dataset(part(form, [{"fair": "2", "age": "-9", "born": "1984-05-06"}, {"fair": "-9"}]))
    for name, content in dataset_files(data, "r", languages=["en"]).files.items():
        (tmp_path / name).write_bytes(content)
    ask = (
        'options(warn = 2); source("data.R"); cat(levels(answers$fair), as.integer(answers$fair), '
        'is.na(answers$age), format(answers$born[1]), attr(answers$fair, "label"), sep = "|")'
    )
    told = subprocess.run(
        ["Rscript", "-e", ask], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert told == "No|Sí|2|NA|TRUE|TRUE|1984-05-06|¿Fair?"
