"""What becomes of the properties of a SurveyJS form that are neither questions nor conditions."""

from outcomes.surveys.exchange.form_draft import Draft
from outcomes.surveys.exchange.surveyjs_form import Json

_TAKEN = frozenset(
    (
        *("type", "name", "title", "description", "isRequired", "visible", "visibleIf", "enableIf"),
        *("choices", "rows", "columns", "elements", "questions", "inputType", "min", "max"),
        *("step", "maxLength", "validators", "html", "expression", "items", "valueName"),
        *("questionTemplateName", "showOtherItem", "hasOther", "otherText", "otherPlaceholder"),
        *("showNoneItem", "hasNone", "noneText", "noneValue", "showRefuseItem", "refuseText"),
        *("refuseValue", "showDontKnowItem", "dontKnowText", "dontKnowValue", "commentText"),
        *("showCommentArea", "hasComment", "choicesFromQuestion", "choicesFromQuestionMode"),
        *("choicesMin", "choicesMax", "choicesStep", "rateValues", "rateMin", "rateMax"),
        *("rateStep", "rateCount", "minRateDescription", "maxRateDescription", "labelTrue"),
        *("labelFalse", "valueTrue", "valueFalse", "minSelectedChoices", "maxSelectedChoices"),
        *("isAllRowRequired", "eachRowRequired", "cellType", "multiSelect"),
    )
)
_LOOKS = frozenset(  # how a form looks; no answer depends on it
    (
        *("startWithNewLine", "colCount", "colSpan", "width", "minWidth", "maxWidth", "indent"),
        *("titleLocation", "descriptionLocation", "alternateRows", "showClearButton"),
        *("innerIndent", "state", "rowCount", "cols", "size", "placeholder", "placeHolder"),
        *("autoGrow", "hideNumber", "showNumber", "otherErrorText", "requiredErrorText"),
        *("useDisplayValuesInDynamicTexts", "itemSize", "renderAs", "swapOrder", "displayMode"),
        *("rateType", "scaleColorMode", "rateColorMode", "autocomplete", "allowClear"),
        *("questionTitleLocation", "showQuestionNumbers", "questionsOnPageMode", "imageHeight"),
        *("imageWidth", "contentMode", "imageFit", "showLabel", "verticalAlign", "errorLocation"),
        *(
            "fullWidth",
            "isFullWidth",
            "columnMinWidth",
            "rowTitleWidth",
            "mobileView",
            "gridLayoutColumns",
        ),
        *(
            "displayRateDescriptionsAsExtremeItems",
            "searchEnabled",
            "closeOnSelect",
            "separateSpecialChoices",
        ),
        *(
            "navigationTitle",
            "navigationDescription",
            "navigationButtonsVisibility",
            "textUpdateMode",
        ),
    )
)
_RULES = {
    "defaultValue": "answers are not filled in before the respondent gives them",
    "defaultValueExpression": "answers are not filled in before the respondent gives them",
    "setValueIf": "answers are not changed by other answers",
    "setValueExpression": "answers are not changed by other answers",
    "resetValueIf": "answers are not changed by other answers",
    "correctAnswer": "surveys have no right answers",
    "requiredIf": "an item is required always or never; here never",
    "readOnly": "an item that is asked can be answered",
    "choicesVisibleIf": "every choice is offered",
    "choicesEnableIf": "every choice is offered",
    "choicesOrder": "choices keep their order",
    "rowsOrder": "rows keep their order",
    "rowsVisibleIf": "every row is shown",
    "choicesByUrl": "choices from a web address are not fetched",
    "minValueExpression": "this limit is not checked here",
    "maxValueExpression": "this limit is not checked here",
    "eachRowUnique": "different answers for each row are not asked for",
    "showSelectAllItem": "there is no choice that takes all others",
    "hasSelectAll": "there is no choice that takes all others",
    "questionsOrder": "questions keep their order",
    "maxTimeToFinish": "time is not limited",
    "navigateToUrl": "respondents are not sent to other pages",
    "clearInvisibleValues": "answers to questions that are hidden again never count here",
}
_SURVEY_TAKEN = frozenset(
    (
        *("pages", "elements", "questions", "title", "description", "completedHtml", "locale"),
        *("calculatedValues", "questionTemplates", "triggers"),
    )
)
_SURVEY_LOOKS = frozenset(
    (
        *("logo", "logoPosition", "logoWidth", "logoHeight", "logoFit", "showProgressBar"),
        *("progressBarType", "showQuestionNumbers", "questionStartIndex", "widthMode", "width"),
        *(
            "showNavigationButtons",
            "showPrevButton",
            "pageNextText",
            "pagePrevText",
            "startSurveyText",
        ),
        *("completeText", "showTitle", "showPageTitles", "showPageNumbers", "requiredText"),
        *(
            "questionTitlePattern",
            "questionTitleLocation",
            "questionErrorLocation",
            "focusFirstQuestionAutomatic",
        ),
        *("checkErrorsMode", "textUpdateMode", "fitToContainer", "headerView", "backgroundImage"),
        *("showCompletedPage", "showCompletePage", "goNextPageAutomatic", "firstPageIsStarted"),
        *("showTOC", "tocLocation", "showPreviewBeforeComplete", "mode", "maxTextLength"),
        *(
            "autoAdvanceEnabled",
            "headerOffset",
            "completedBeforeHtml",
            "loadingHtml",
            "themeVariables",
        ),
        *(
            "requiredMark",
            "clearInvisibleValues",
            "storeOthersAsComment",
            "editText",
            "previewText",
        ),
    )
)
_NOTHING: tuple[object, ...] = (None, False, "", [], {})
_RECORD = frozenset(("stableId", "version", "name", "id"))


def report_properties(draft: Draft, part: Json, *, place: str) -> None:
    """Report the properties of a page, panel or question that no rule takes."""
    for name, value in part.items():
        if name in _TAKEN or name in _LOOKS or value in _NOTHING:
            continue
        draft.dropped(
            f"{place}, {name}", _RULES.get(name) or "this property has no counterpart here"
        )


def report_survey(draft: Draft, survey: Json, *, wrapper: Json) -> None:
    """Report the properties of the survey as a whole, and of the record around it."""
    for name, value in survey.items():
        if name == "triggers" and isinstance(value, list):
            for number, trigger in enumerate(value, start=1):
                _report_trigger(draft, trigger, place=f"trigger {number}")
        elif value not in _NOTHING:
            _report_setting(draft, name)
    for name, value in wrapper.items():
        if name in _RECORD:
            draft.mapped(f"record, {name}", {"stableId": "id", "name": "title"}.get(name, name))
        elif value not in _NOTHING and not isinstance(value, dict):
            draft.dropped(f"record, {name}", "it belongs to the program that keeps the form")


def _report_setting(draft: Draft, name: str) -> None:
    if name in _SURVEY_TAKEN:
        if name in {"title", "description", "completedHtml"}:
            became = {"description": "notice", "completedHtml": "thanks"}.get(name, name)
            draft.mapped(name, became)
    elif name in _SURVEY_LOOKS:
        draft.dropped(name, "how the form looks is not taken")
    else:
        draft.dropped(name, _RULES.get(name) or "this property has no counterpart here")


def _report_trigger(draft: Draft, trigger: object, *, place: str) -> None:
    kind = str(trigger.get("type", "")).removesuffix("trigger") if isinstance(trigger, dict) else ""
    if kind in {"complete", "visible", "skip"}:
        draft.error(
            place,
            f"a trigger of the type {kind!r} decides what is shown. "
            "Say it as visibleIf of the pages and questions that it concerns",
        )
    else:
        draft.dropped(place, "answers are not changed by other answers")
