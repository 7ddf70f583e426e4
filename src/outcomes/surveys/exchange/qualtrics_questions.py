"""The types of question that Qualtrics has, as items and grids of an instrument."""

from collections.abc import Callable, Mapping
from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    add_choices,
    add_group,
    add_item,
    complete,
    free_name,
    own_word,
    report,
    same_in_all,
)
from outcomes.surveys.exchange.qualtrics_logic import Question, entries
from outcomes.surveys.exchange.qualtrics_parts import (
    Place,
    Survey,
    add_list,
    add_one,
    add_rows,
    limited,
    ordered,
    settings_of,
    texts_of,
)

_MANY = {"MAVR", "MAHR", "MACOL", "MSB"}


_DROPPED = {
    "SBS": "a side by side table has no counterpart; make one grid of each column",
    "FileUpload": "files are not collected, because they can show who answered",
    "Signature": "signatures are not collected, because they show who answered",
    "Timing": "times of single answers are not collected",
    "Meta": "browsers and screens of respondents are not recorded",
    "Captcha": "there is no test of being human here",
    "HeatMap": "questions about points of a picture have no counterpart",
    "HotSpot": "questions about regions of a picture have no counterpart",
    "HL": "highlighting of text has no counterpart",
    "Draw": "drawings have no counterpart",
    "PGR": "sorting into groups has no counterpart",
    "DD": "lists that open one after the other have no counterpart",
    "TreeSelect": "lists that open one after the other have no counterpart",
    "SS": "sliders of pictures have no counterpart",
    "Slider_picture": "sliders of pictures have no counterpart",
}


def add_question(
    survey: Survey, qid: str, payload: Mapping[str, Any], *, group: str
) -> dict[str, Any] | None:
    """Add the items of one question; gives what carries its condition, None where left out."""
    form = survey.form
    tag = str(payload.get("DataExportTag") or qid)
    part, kind = f"question {qid} {tag}", str(payload.get("QuestionType") or "")
    add = _type(payload)
    if add is None:
        known_rule = _DROPPED.get(kind)
        if kind == "Matrix":
            known_rule = "a grid with several answers in a row has no counterpart; split it"
        why = known_rule or f"the type of question {kind or 'nothing'!r} is not known here"
        report(form, part, "dropped by rule" if known_rule else "error", why=why)
        survey.questions[qid] = Question(lost=why)
        return None
    name = free_name(form, tag, part=part)
    label = complete(form, texts_of(survey, payload, "QuestionText"), part=part, instead=name)
    known = survey.questions[qid] = Question()
    place = Place(payload=payload, known=known, part=part, name=name, group=group, label=label)
    before = len(form.items)
    owner = add(survey, place)
    if owner is None or len(form.items) == before:
        known.lost = known.lost or "it has nothing to choose from"
        return None
    report(form, part, "mapped", became=name)
    _report_rest(survey, place)
    return owner


def _type(payload: Mapping[str, Any]) -> Callable[[Survey, Place], dict[str, Any] | None] | None:
    kind, selector = str(payload.get("QuestionType")), str(payload.get("Selector"))
    if kind == "Matrix":
        if selector == "TE":
            return _fields
        single = str(payload.get("SubSelector") or "SingleAnswer") in {"SingleAnswer", "DL"}
        return _grid if single and selector in {"Likert", "Bipolar"} else None
    if (kind, selector) == ("TE", "FORM"):
        return _fields
    return _TYPES.get(kind)


def _choice(survey: Survey, place: Place) -> dict[str, Any] | None:
    if place.selector == "NPS" and not entries(place.payload.get("Choices")):
        points = [(str(at), same_in_all(survey.form, str(at))) for at in range(11)]
        listed, named = add_choices(survey.form, place.name, points, part=place.part)
    else:
        listed, named = add_list(survey, place)
    if not listed:
        return None
    many = place.selector in _MANY
    boxes = [
        (key, each)
        for key, each in ordered(place.payload, "Choices", "ChoiceOrder")
        if isinstance(each, Mapping) and str(each.get("TextEntry")).lower() == "true"
    ]
    owner = None
    if boxes:
        around = free_name(survey.form, f"{place.name}_group", part=place.part)
        owner, place.group = add_group(survey.form, around, group=place.group), around
    item = add_one(survey, place, type=f"select_{'multiple' if many else 'one'} {listed}")
    if place.selector in {"DL", "SB"}:
        item["appearance"] = "minimal"
    place.known.item, place.known.many, place.known.codes = place.name, many, named
    for key, _ in boxes:
        _text_box(survey, place, key=key)
    alone = [
        f"not(selected(., '{named[key]}') and count-selected(.) > 1)"
        for key, each in entries(place.payload.get("Choices"))
        if many and isinstance(each, Mapping) and each.get("ExclusiveAnswer") and key in named
    ]
    if alone:
        item["constraint"] = " and ".join(alone)
        item["constraint_message"] = own_word(survey.form, "check")
    return owner or item


def _text_box(survey: Survey, place: Place, *, key: str) -> None:
    part = f"{place.part}, text box of choice {key}"
    name = free_name(survey.form, f"{place.name}_{key}_TEXT", part=part)
    code = place.known.codes[key]
    item = f"${{{place.name}}}"
    shown = f"selected({item}, '{code}')" if place.known.many else f"{item} = '{code}'"
    raw = texts_of(survey, place.payload, "Choices", key, "Display")
    label = complete(survey.form, raw, part=part) or own_word(survey.form, "other_text")
    add_item(
        survey.form,
        name=name,
        type="text",
        privacy="free text",
        label=label,
        relevant=shown,
        group=place.group,
    )
    place.known.texts[key] = name
    report(survey.form, part, "mapped", became=name)


def _grid(survey: Survey, place: Place) -> dict[str, Any] | None:
    listed, place.known.codes = add_list(survey, place, "Answers", "AnswerOrder")
    return add_rows(survey, place, {"type": f"select_one {listed}"}) if listed else None


def _fields(survey: Survey, place: Place) -> dict[str, Any] | None:
    return add_rows(survey, place, {"type": "text", "privacy": "free text"})


def _text(survey: Survey, place: Place) -> dict[str, Any] | None:
    if place.selector == "PW":
        report(survey.form, place.part, "dropped by rule", why="passwords are not collected")
        place.known.lost = "passwords are not collected"
        return None
    settings = settings_of(place.payload)
    content = str(settings.get("ContentType") or "")
    place.known.item = place.name
    if content == "ValidNumber":
        limits = dict(entries(settings.get("ValidNumber")))
        whole = str(limits.get("NumDecimals", "")) == "0"
        return limited(
            survey,
            add_one(survey, place, type="integer" if whole else "decimal"),
            low=limits.get("Min"),
            high=limits.get("Max"),
        )
    if content == "ValidDate":
        return add_one(survey, place, type="date")
    if content and content != "None":
        why = "only numbers and dates are checked; write a constraint for others"
        report(survey.form, f"{place.part}, validation {content}", "dropped by rule", why=why)
    long = {"appearance": "multiline"} if place.selector in {"ML", "ESTB"} else {}
    return add_one(survey, place, type="text", privacy="free text", **long)


def _slider(survey: Survey, place: Place) -> dict[str, Any] | None:
    configuration = dict(entries(place.payload.get("Configuration")))
    decimals = str(configuration.get("NumDecimals") or "0")
    owner = add_rows(survey, place, {"type": "integer" if decimals == "0" else "decimal"})
    for item in survey.form.items:
        if item["group"] == place.name:
            low, high = configuration.get("CSSliderMin", 0), configuration.get("CSSliderMax", 100)
            limited(survey, item, low=low, high=high)
    return owner


def _ranks(survey: Survey, place: Place) -> dict[str, Any] | None:
    """Add a number for each thing to be ranked, as Qualtrics stores it."""
    owner = add_rows(survey, place, {"type": "integer"})
    names = list(place.known.rows.values())
    for at, item in enumerate(each for each in survey.form.items if each["group"] == place.name):
        limited(survey, item, low=1, high=len(names))
        if at:
            taken = " or ".join(f". = ${{{name}}}" for name in names[:at])
            item["constraint"] += f" and not({taken})"
    return owner


def _sum(survey: Survey, place: Place) -> dict[str, Any] | None:
    why = "a rule about the sum of several answers has no place here; check it afterwards"
    report(survey.form, f"{place.part}, total", "dropped by rule", why=why)
    return add_rows(survey, place, {"type": "decimal"})


def _note(survey: Survey, place: Place) -> dict[str, Any]:
    place.known.lost = "nobody answers a text"
    return add_one(survey, place, type="note")


def _report_rest(survey: Survey, place: Place) -> None:
    """Report what belongs to the question and was not taken, by its rule."""
    rules = (
        ("QuestionJS", "a script is never run or kept"),
        ("Randomization", "questions and choices keep one order here"),
        ("DefaultChoices", "no answer is filled in beforehand"),
        ("GradingData", "points are not shown to respondents; write scales"),
        ("DynamicChoices", "choices are not carried over from other questions"),
        ("DynamicAnswers", "choices are not carried over from other questions"),
    )
    for key, why in rules:
        if place.payload.get(key) and not (
            key == "Randomization" and "None" in str(place.payload[key])
        ):
            fate = "error" if key.startswith("Dynamic") else "dropped by rule"
            part = f"{place.part}, {key}"
            report(survey.form, part, "error" if fate == "error" else "dropped by rule", why=why)
    if settings_of(place.payload).get("ForceResponse") == "RequestResponse":
        why = "respondents are not reminded of an empty answer that they may leave empty"
        report(survey.form, f"{place.part}, request response", "dropped by rule", why=why)


_TYPES: dict[str, Callable[[Survey, Place], dict[str, Any] | None]] = {
    "MC": _choice,
    "TE": _text,
    "DB": _note,
    "Slider": _slider,
    "RO": _ranks,
    "CS": _sum,
}
