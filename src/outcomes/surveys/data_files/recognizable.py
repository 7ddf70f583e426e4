"""How many people could be recognized in a dataset by what describes them, taken together."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.suppression import suppress
from outcomes.surveys.data_files.dataset import Dataset, Variable


def caution(dataset: Dataset, *, floor: int) -> str:
    """Say how many people are the only ones with their combination of what describes them.

    Args:
        dataset: With items that describe the person, or without.
        floor: On how many people a number must rest to be said.

    Returns:
        A sentence; "" where nothing describes the person.
    """
    if all(each.privacy != "describes the person" for each in describing(dataset)):
        return ""
    named = _listed(describing(dataset))
    sizes = _sizes(dataset, [each.name for each in describing(dataset)])
    alone = sum(size == 1 for size in sizes)
    cells = pd.DataFrame({"who": ["alone", "others"], "n": [alone, len(sizes) - alone], "all": 1})
    told = suppress(cells, count="n", values=[], groups=["all"], smallest=floor)
    if told["withheld"].ne("").any():
        return (
            f"Some of the {len(sizes)} people may be known by {named} together. How many are the "
            f"only ones of their kind is not said: they, or all others, are fewer than {floor}."
        )
    if not alone:
        return f"Nobody is alone with a combination of {named}. Keep the file safe all the same."
    return (
        f"{alone} of {len(sizes)} people are the only ones with their combination of {named}: "
        "whoever knows somebody may find that person's answers. Keep the file safe."
    )


def refuse_recognizable(dataset: Dataset, *, floor: int) -> None:
    """Refuse to publish a dataset in which few people share a combination of what describes them.

    The rows of one person in several waves are taken together.

    Args:
        dataset: What is to be published.
        floor: How many people must share each combination.

    Raises:
        DataError: Fewer do; says which columns to coarsen or to leave out.

    Source:
        Sweeney (2002), k-anonymity, Int. J. Uncertainty, Fuzziness 10(5): 557-570. Requirement A10.
    """
    columns = describing(dataset)
    sizes = _sizes(dataset, [each.name for each in columns])
    if not sizes or min(sizes) >= floor:
        return
    if len(sizes) < floor:
        raise DataError(
            f"these are the answers of fewer than {floor} people, which may not be published "
            "person by person. Publish nothing of them, or join several waves"
        )
    drop = _to_leave_out(dataset, columns, floor=floor)
    raise DataError(
        f"fewer than {floor} people share a combination of {_listed(columns)}, so that somebody "
        f"could be recognized. Leave out {_listed(drop)} (--leave-out), or show numbers among "
        f"them in bands (--coarsen {_example(drop)})"
    )


def describing(dataset: Dataset) -> list[Variable]:
    """List the columns by which a person could be recognized, and in which people differ."""
    return [
        each
        for each in dataset.variables
        if (
            each.role in {"wave", "version", "place", "day", "weight"}
            or (each.privacy == "describes the person" and each.kind != "mark")
        )
        and dataset.table[each.name].nunique() > 1
    ]


def _sizes(dataset: Dataset, columns: Sequence[str]) -> list[int]:
    """Count for each person how many share the combination, over all of the person's rows."""
    table = dataset.table
    links = next((each.name for each in dataset.variables if each.role == "link"), None)
    rows = list(zip(*(table[name] for name in columns), strict=True)) or [()] * len(table)
    people: dict[object, list[tuple[str, ...]]] = {}
    for person, row in zip(table[links] if links else range(len(table)), rows, strict=True):
        people.setdefault(person, []).append(row)
    patterns = [tuple(sorted(each)) for each in people.values()]
    times = Counter(patterns)
    return [times[each] for each in patterns]


def _to_leave_out(dataset: Dataset, columns: Sequence[Variable], *, floor: int) -> list[Variable]:
    """Choose columns one by one, each time the one without which fewest people stand out."""
    kept, left = list(columns), []

    def standing_out(without: Variable) -> int:
        names = [each.name for each in kept if each is not without]
        return sum(size < floor for size in _sizes(dataset, names))

    while kept:
        # what describes the person goes before wave and place, which most studies need
        worst = min(kept, key=lambda each: (standing_out(each), each.role in {"wave", "place"}))
        fewest = standing_out(worst)
        kept.remove(worst)
        left.append(worst)
        if not fewest:
            break
    return left


def _listed(variables: Sequence[Variable]) -> str:
    names = [each.name for each in variables]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _example(drop: Sequence[Variable]) -> str:
    dates = [each.name for each in drop if each.kind == "date"]
    numbers = [each.name for each in drop if each.kind == "number"]
    if numbers:
        return f"{numbers[0]}=10"
    return f"{dates[0]}=year" if dates else "age=10"
