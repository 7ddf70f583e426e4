"""An instrument from LimeSurvey: the survey structure file (.lss) of any version since 1.9."""

from collections import defaultdict
from pathlib import Path

from outcomes.errors import FileError
from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    Texts,
    add_group,
    add_item,
    complete,
    free_name,
    report,
)
from outcomes.surveys.exchange.form_finish import finish
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.limesurvey_parts import Lime
from outcomes.surveys.exchange.limesurvey_questions import add_question
from outcomes.surveys.exchange.limesurvey_rules import add_rules, group_relevance
from outcomes.surveys.exchange.limesurvey_tables import (
    SETTINGS,
    LimeGroup,
    Row,
    Tables,
    languages,
    orphans,
    read_groups,
    read_tables,
)
from outcomes.surveys.exchange.mapping import FormImport, Mapped

_INSERTED = r"\{[^\s{}](?:[^{}\"']|\"[^\"]*\"|'[^']*')*\}"  # {NAME} in a text
_DROPPED_TABLES = {  # table: (column that names a row, what it is, rule)
    "quota": ("name", "quota", "quotas are part of fielding, not of the questions"),
    "assessments": ("name", "assessment", "points are not shown to respondents; write scales"),
    "defaultvalues": ("qid", "default answer of question", "no answer is filled in beforehand"),
    "survey_url_parameters": ("parameter", "parameter of the link", "links carry no data"),
    "plugin_settings": ("name", "setting of a plugin", "plugins of LimeSurvey do not run here"),
    "surveymenu": ("name", "menu", "menus are not kept"),
}
_PRIVACY = {
    "ipaddr": "addresses of computers are not collected",
    "refurl": "the page that a respondent came from is not collected",
    "savetimings": "times of single answers are not collected",
    "datestamp": "times of answers are kept to the day at most",
}
_TEXTS = (  # column, where it goes
    ("surveyls_title", "title"),
    ("surveyls_welcometext", "notice"),
    ("surveyls_policy_notice", "notice"),
    ("surveyls_endtext", "thanks"),
)


def read_limesurvey(path: Path, *, keep_going: bool = False) -> FormImport:
    """Read a survey of LimeSurvey, and say what became of each of its parts.

    Args:
        path: The file, ending in .lss.
        keep_going: Whether an instrument is wanted although parts were lost; what lost its
            condition is then shown to nobody until somebody mends it.

    Returns:
        The instrument (None where a part is an error, unless ``keep_going``) and the mapping of
        groups, questions, subquestions, lists of answers, conditions, settings and languages.

    Raises:
        FileError: There is no such file.

    Source:
        Manual of LimeSurvey (question types, conditions, ExpressionScript); issue 3, part 3.
    """
    if not path.is_file():
        raise FileError(path, "", "there is no such file", "Check the name")
    try:
        tables = read_tables(path)
    except FileError as error:
        part = f"the file, {error.place}" if error.place else "the file"
        lost = Mapped(part=part, fate="error", why=f"{error.problem}. {error.mend}")
        return FormImport(tool="LimeSurvey", mapping=[lost])
    survey = next(iter(tables.get("surveys", [])), {})
    number = survey.get("sid", "").strip()
    form = Assembly(tool="LimeSurvey", languages=languages(tables), inserted=_INSERTED)
    for language in form.languages:
        report(form, f"language {language}", "mapped", became=language)
    _texts(form, tables)
    _groups(Lime(form=form, survey=number), tables)
    _leftovers(form, tables, survey)
    title = plain_text(form.title.get(form.languages[0], ""))
    form_id = f"limesurvey-{number}" if number else title
    return finish(form, form_id=form_id, keep_going=keep_going)


def _texts(form: Assembly, tables: Tables) -> None:
    rows = {row.get("surveyls_language", "").strip(): row for row in tables.get(SETTINGS, [])}
    said: dict[str, list[Texts]] = defaultdict(list)
    for column, where in _TEXTS:
        raw = {language: row.get(column, "") for language, row in rows.items()}
        instead = "Untitled survey" if where == "title" else ""
        if texts := complete(form, raw, part=column.removeprefix("surveyls_"), instead=instead):
            said[where].append(texts)
            report(form, column.removeprefix("surveyls_"), "mapped", became=where)
    joined = {
        where: {
            language: "\n".join(texts[language] for texts in several) for language in form.languages
        }
        for where, several in said.items()
    }
    form.title = joined.get("title", {})
    form.notice, form.thanks = joined.get("notice", {}), joined.get("thanks", {})
    others = {column for row in rows.values() for column, text in row.items() if text.strip()}
    others -= {*(column for column, _ in _TEXTS), "surveyls_language", "surveyls_survey_id"}
    if others:
        names = ", ".join(sorted(name.removeprefix("surveyls_") for name in others))
        why = "messages, links and formats belong to fielding, not to the questions"
        report(form, f"texts of the survey: {names}", "dropped by rule", why=why)


def _groups(lime: Lime, tables: Tables) -> None:
    conditions: dict[str, list[Row]] = defaultdict(list)
    for row in tables.get("conditions", []):
        conditions[row.get("qid", "")].append(row)
    for at, group in enumerate(read_groups(tables), start=1):
        name = _group(lime, group, at)
        for question in group.questions:
            rows = conditions.pop(question.qid, [])
            if made := add_question(lime, question, group=name):
                add_rules(lime, question, made, rows)
            else:
                _lost_conditions(lime.form, rows, f"question {question.code} was left out")
    for rows in conditions.values():
        _lost_conditions(lime.form, rows, "its question is not in the file")
    for orphan in orphans(tables):
        why = "its question is not in the file"
        report(lime.form, f"subquestion {orphan.code}", "dropped by rule", why=why)


def _group(lime: Lime, group: LimeGroup, at: int) -> str:
    form, part = lime.form, f"group {at}"
    label = complete(form, group.texts, part=part)
    name = free_name(form, f"group_{at}", part=part)
    made = add_group(form, name, label=label)
    report(form, f"{part}, {next(iter(label.values()), 'without a name')}", "mapped", became=name)
    group_relevance(lime, made, group.row.get("grelevance", ""), part=part)
    description = complete(form, group.descriptions, part=f"{part}, description")
    if description and description != label:
        note = free_name(form, f"{name}_text", part=f"{part}, description")
        add_item(form, name=note, type="note", label=description, group=name)
        report(form, f"{part}, description", "mapped", became=note)
    if order := group.row.get("randomization_group", "").strip():
        why = "pages keep one order here"
        report(form, f"{part}, randomization group {order}", "dropped by rule", why=why)
    return name


def _lost_conditions(form: Assembly, rows: list[Row], why: str) -> None:
    for row in rows:
        part = f"condition {row.get('cid', '')} on {row.get('cfieldname', '')}"
        report(form, part, "dropped by rule", why=why)


def _leftovers(form: Assembly, tables: Tables, survey: Row) -> None:
    for table, (column, what, why) in _DROPPED_TABLES.items():
        for row in tables.get(table, []):
            part = f"{what} {row.get(column, '').strip()}".strip()
            report(form, part, "dropped by rule", why=why)
    for row in tables.get("question_l10ns", []):
        if row.get("script", "").strip():
            part = f"question number {row.get('qid', '')}, script"
            report(form, part, "dropped by rule", why="a script is never run or kept")
    for setting, why in _PRIVACY.items():
        if survey.get(setting, "").strip() == "Y":
            report(form, f"setting {setting}", "dropped by rule", why=why)
    others = sum(bool(text.strip()) for name, text in survey.items() if name not in _PRIVACY)
    if others:
        why = "settings of dates, links, looks and invitations belong to fielding"
        report(form, f"{others} settings of the survey", "dropped by rule", why=why)
