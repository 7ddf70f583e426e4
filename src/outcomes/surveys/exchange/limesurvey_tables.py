"""A LimeSurvey survey (.lss) as records: groups, questions, subquestions, answers, conditions.

The file is a dump of database tables. Until 2018 (DBVersion below 400) each language has its own
row of a question, a group or an answer; later texts stand in tables of their own, ``*_l10ns``.
"""

from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from outcomes.errors import FileError

Row = dict[str, str]
Tables = dict[str, list[Row]]
Texts = dict[str, str]


@dataclass(slots=True, kw_only=True)
class LimeAnswer:
    """One answer that can be chosen."""

    code: str
    scale: str
    order: float
    texts: Texts


@dataclass(slots=True, kw_only=True)
class LimeQuestion:
    """A question or a subquestion, in all languages."""

    row: Row
    texts: Texts
    helps: Texts
    attributes: dict[str, str] = field(default_factory=dict)
    translated: dict[str, Texts] = field(default_factory=dict)  # attributes that have a language
    subquestions: list["LimeQuestion"] = field(default_factory=list)
    answers: list[LimeAnswer] = field(default_factory=list)

    @property
    def qid(self) -> str:
        """Its number in the database."""
        return self.row.get("qid", "")

    @property
    def code(self) -> str:
        """Its code, as expressions write it."""
        return self.row.get("title", "").strip()

    @property
    def type(self) -> str:
        """Its type: one sign, such as L for a list."""
        return self.row.get("type", "").strip()

    @property
    def relevance(self) -> str:
        """Its own condition; empty where it is always asked."""
        return condition_text(self.row.get("relevance", ""))

    def setting(self, name: str) -> str:
        """One of its attributes; empty where it is not set."""
        return self.attributes.get(name, "").strip()


@dataclass(slots=True, kw_only=True)
class LimeGroup:
    """A page of questions, in all languages."""

    row: Row
    texts: Texts
    descriptions: Texts
    questions: list[LimeQuestion] = field(default_factory=list)


def condition_text(text: str) -> str:
    """Clean a condition; one that always holds is empty."""
    text = text.strip()
    return "" if text in {"1", "{1}", "true"} else text


def read_tables(path: Path) -> Tables:
    """Read the tables of the dump, with no entity of the XML resolved and nothing fetched.

    Raises:
        FileError: The file cannot be read, is not XML, or holds no LimeSurvey survey.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except OSError:
        raise FileError(path, "", "this is no file that can be read", "Check the name") from None
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        problem = f"this is not XML ({str(error).split(', line')[0]})"
        place = f"line {line}" if line else ""
        raise FileError(path, place, problem, "Export the survey anew as .lss") from None
    kind = (root.findtext("LimeSurveyDocType") or "").strip()
    if root.tag != "document" or kind != "Survey":
        problem = f"this is no LimeSurvey survey{f' but a {kind}' if kind else ''}"
        raise FileError(path, "", problem, "In LimeSurvey: Export, Survey structure (.lss)")
    tables: Tables = {}
    for table in root:
        if isinstance(table.tag, str):
            rows = tables.setdefault(table.tag, [])
            rows += [_row(row) for row in table.iterfind("rows/row")]
    tables["languages"] = [
        {"language": (each.text or "").strip()}
        for each in root.iter("language")
        if each.getparent().tag == "languages"
    ]
    return tables


def _row(row: etree._Element) -> Row:
    return {str(cell.tag): (cell.text or "") for cell in row if isinstance(cell.tag, str)}


def languages(tables: Tables) -> tuple[str, ...]:
    """List the languages, that of the survey first."""
    survey = next(iter(tables.get("surveys", [])), {})
    named = [survey.get("language", ""), *survey.get("additional_languages", "").split()]
    named += [row["language"] for row in tables["languages"]]
    named += [row.get("surveyls_language", "") for row in tables.get(SETTINGS, [])]
    return tuple(dict.fromkeys(name.strip() for name in named if name.strip())) or ("en",)


SETTINGS = "surveys_languagesettings"


def read_groups(tables: Tables) -> list[LimeGroup]:
    """Put groups, questions, subquestions, answers and attributes together, in their order."""
    questions = _questions(tables)
    groups: dict[str, LimeGroup] = {}
    for row in tables.get("groups", []):
        group = groups.setdefault(row.get("gid", ""), LimeGroup(row=row, texts={}, descriptions={}))
        _keep_text(group.texts, row, "group_name")
        _keep_text(group.descriptions, row, "description")
    for row in tables.get("group_l10ns", []):
        if group_found := groups.get(row.get("gid", "")):
            _keep_text(group_found.texts, row, "group_name")
            _keep_text(group_found.descriptions, row, "description")
    for question in questions.values():
        if question.row.get("parent_qid", "0").strip() in {"", "0"}:
            gid = question.row.get("gid", "")
            home = groups.setdefault(gid, LimeGroup(row={"gid": gid}, texts={}, descriptions={}))
            home.questions.append(question)
    for group in groups.values():
        group.questions.sort(key=lambda each: number(each.row.get("question_order")))
    return sorted(groups.values(), key=lambda each: number(each.row.get("group_order")))


def orphans(tables: Tables) -> list[LimeQuestion]:
    """List subquestions whose question is not in the file."""
    questions = _questions(tables)
    parents = (each.row.get("parent_qid", "0").strip() for each in questions.values())
    return [
        each
        for each, parent in zip(questions.values(), parents, strict=True)
        if parent not in {"", "0"} and parent not in questions
    ]


def _questions(tables: Tables) -> dict[str, LimeQuestion]:
    found: dict[str, LimeQuestion] = {}
    for row in [*tables.get("questions", []), *tables.get("subquestions", [])]:
        question = found.setdefault(row.get("qid", ""), LimeQuestion(row=row, texts={}, helps={}))
        _keep_text(question.texts, row, "question")
        _keep_text(question.helps, row, "help")
    for row in tables.get("question_l10ns", []):
        if known := found.get(row.get("qid", "")):
            _keep_text(known.texts, row, "question")
            _keep_text(known.helps, row, "help")
    for row in tables.get("question_attributes", []):
        _keep_attribute(found.get(row.get("qid", "")), row)
    for question in found.values():
        parent = found.get(question.row.get("parent_qid", "0").strip())
        if parent is not None and parent is not question:
            parent.subquestions.append(question)
    for question in found.values():
        question.subquestions.sort(
            key=lambda each: (each.row.get("scale_id", "0"), number(each.row.get("question_order")))
        )
    _add_answers(tables, found)
    return found


def _keep_attribute(question: LimeQuestion | None, row: Row) -> None:
    if question is None:
        return
    name, value = row.get("attribute", ""), row.get("value", "")
    if row.get("language", "").strip():
        question.translated.setdefault(name, {})[row["language"].strip()] = value
    if value.strip() and not question.attributes.get(name):
        question.attributes[name] = value


def _add_answers(tables: Tables, questions: dict[str, LimeQuestion]) -> None:
    texts: dict[str, Texts] = {}
    for row in tables.get("answer_l10ns", []):
        _keep_text(texts.setdefault(row.get("aid", ""), {}), row, "answer")
    known: dict[tuple[str, str, str, str], LimeAnswer] = {}
    for row in tables.get("answers", []):
        question = questions.get(row.get("qid", ""))
        if question is None:
            continue
        language = row.get("language", "")
        scale = row.get("scale_id", "0") or "0"
        key = (question.qid, scale, row.get("code", ""), row.get("aid", "").strip())
        answer = known.get(key)
        if answer is None or language in answer.texts:  # the second is a code that stands twice
            answer = LimeAnswer(
                code=row.get("code", ""),
                scale=scale,
                order=number(row.get("sortorder")),
                texts=dict(texts.get(row.get("aid", ""), {})),
            )
            known[key] = answer
            question.answers.append(answer)
        _keep_text(answer.texts, row, "answer")
    for question in questions.values():
        question.answers.sort(key=lambda each: (each.scale, each.order))


def _keep_text(texts: Texts, row: Row, column: str) -> None:
    language = row.get("language", "").strip()
    if column in row and language:
        texts.setdefault(language, row[column])


def number(text: str | None) -> float:
    """Read a number of the dump; what is none counts as 0."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
