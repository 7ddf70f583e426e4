"""The dataset as CSV: the codes as they were answered, in UTF-8, the same for every language."""

from outcomes.surveys.data_files.dataset import Dataset, Variable, Written
from outcomes.surveys.data_files.label_text import plain_cell

FORMULA_STARTS = ("=", "+", "-", "@")  # what spreadsheets take for a formula


def csv_file(dataset: Dataset, *, stem: str) -> Written:
    """Write the dataset as CSV, with a byte order mark, so that spreadsheets read accents right.

    An apostrophe stands before what people wrote in their own words where a spreadsheet would run
    it as a formula.
    """
    table = dataset.table.copy()
    guarded = 0
    for variable in dataset.variables:
        if variable.kind == "text":
            cells = [plain_cell(cell) for cell in table[variable.name]]
            shown = [_guarded(cell, variable) for cell in cells]
            guarded += sum(one != other for one, other in zip(cells, shown, strict=True))
            table[variable.name] = shown
    text = table.to_csv(index=False, lineterminator="\n")
    notes = (f"An apostrophe stands before {guarded} texts that a spreadsheet would run.",)
    content = text.encode("utf-8-sig")
    return Written(files={f"{stem}.csv": content}, notes=notes if guarded else ())


def _guarded(cell: str, variable: Variable) -> str:
    free = variable.privacy == "free text"
    return f"'{cell}" if free and cell.startswith(FORMULA_STARTS) else cell
