"""An R script that reads the CSV of a dataset, and sets its types, factors and labels."""

import unicodedata

from outcomes.surveys.data_files.csv_file import csv_file
from outcomes.surveys.data_files.dataset import CodeLabel, Dataset, LabelSet, Variable, Written
from outcomes.surveys.data_files.label_text import one_line
from outcomes.surveys.data_files.legal_names import legal_names
from outcomes.surveys.wording import in_language

_HEAD = """\
# Reads {shown} and says what its columns mean. It needs R alone, no package.
# Run it in the folder that holds the file:  source({script})
{about}
as_factors <- TRUE    # FALSE: the codes themselves, as numbers where they are numbers
keep_missing <- FALSE # TRUE: codes that mean no answer stay; otherwise they become NA

answers <- read.csv({csv}, colClasses = "character", na.strings = "", check.names = FALSE,
                    encoding = "UTF-8")
"""
_FUNCTIONS = """\

without_missing <- function(x, codes) {
  if (!keep_missing) x[x %in% codes] <- NA
  x
}
as_codes <- function(x, set) {
  x <- without_missing(x, set$missing)
  if (!as_factors) return(type.convert(x, as.is = TRUE))
  here <- keep_missing | !(set$codes %in% set$missing)
  factor(x, levels = set$codes[here], labels = set$labels[here])
}
as_numbers <- function(x, missing) as.numeric(without_missing(x, missing))
as_text <- function(x) sub("^'(?=[=+@-])", "", x, perl = TRUE)
"""


def r_files(dataset: Dataset, *, language: str, stem: str, end: str = "") -> Written:
    """Write the CSV and a script beside it that reads it into R, labels in one language.

    The script holds ASCII only, so that no computer reads its accents wrong.

    Args:
        dataset: What to write.
        language: Of the labels; one of its own.
        stem: The files are called this, with the endings .csv and .R.
        end: Stands before .R, and keeps the scripts of several languages apart.
    """
    told = csv_file(dataset, stem=stem)
    names = legal_names(dataset.names(), "r")
    sets = legal_names([f"labels_{name}" for name in dataset.label_sets], "r")
    about = [in_language(dataset.about.title, language), dataset.about.generated, *dataset.notes]
    lines = [
        _HEAD.format(
            shown=_comment(f"{stem}.csv"),
            csv=_string(f"{stem}.csv"),
            script=_string(f"{stem}{end}.R"),
            about="\n".join(f"# {_comment(each)}" for each in about if each),
        )
        + f"names(answers) <- {_vector([names[each] for each in dataset.names()])}\n"
        + _FUNCTIONS
    ]
    for labels in dataset.label_sets.values():
        lines.append(_set(labels, name=sets[f"labels_{labels.name}"], language=language))
    for variable in dataset.variables:
        column = f"answers${names[variable.name]}"
        if set_to := _typed(dataset, variable, column=column, sets=sets):
            lines.append(f"{column} <- {set_to}")
        label = one_line(in_language(variable.label, language))
        if label:
            lines.append(f'attr({column}, "label") <- {_string(label)}')
    script = "\n".join(lines) + "\n"
    return Written(files={**told.files, f"{stem}{end}.R": script.encode("ascii")}, notes=told.notes)


def _typed(dataset: Dataset, variable: Variable, *, column: str, sets: dict[str, str]) -> str:
    none = _vector([each.code for each in dataset.codes_of(variable) if each.missing])
    if variable.kind == "code" and variable.label_set:
        return f"as_codes({column}, {sets[f'labels_{variable.label_set}']})"
    if variable.kind == "date":
        return f'as.Date({column}, format = "%Y-%m-%d")'
    if variable.kind in {"number", "mark"}:
        return f"as_numbers({column}, {none})"
    return f"as_text({column})" if variable.privacy == "free text" else ""


def _set(labels: LabelSet, *, name: str, language: str) -> str:
    return (
        f"{name} <- list(\n"
        f"  codes = {_vector([each.code for each in labels.codes])},\n"
        f"  labels = {_vector(_different(labels.codes, language=language))},\n"
        f"  missing = {_vector([each.code for each in labels.missing_codes()])}\n)"
    )


def _different(codes: tuple[CodeLabel, ...], *, language: str) -> list[str]:
    """Give the labels, with the code behind those that stand twice: R would make them one level."""
    words = [one_line(in_language(each.label, language)) or each.code for each in codes]
    return [
        f"{label} [{each.code}]" if words.count(label) > 1 else label
        for label, each in zip(words, codes, strict=True)
    ]


def _vector(texts: list[str]) -> str:
    return f"c({', '.join(map(_string, texts))})" if texts else "character(0)"


def _string(text: str) -> str:
    """Write a text as R reads it, whatever stands in it."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{_ascii(quoted)}"'


def _comment(text: str) -> str:
    """Write a remark without accents, as a script in ASCII can hold it."""
    return unicodedata.normalize("NFKD", one_line(text)).encode("ascii", "ignore").decode()


def _ascii(text: str) -> str:
    return "".join(
        each if each.isascii() else rf"\U{ord(each):08x}" for each in text if ord(each) >= 32
    )
