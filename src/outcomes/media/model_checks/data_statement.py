"""The data statement of a model of tone: whose language it learned from, and who labelled it."""

from collections.abc import Iterable, Mapping
from typing import Any

from outcomes.media.model_checks.known_material import KnownFile, known_file

Card = Mapping[str, Any]
_SITUATION = (
    "## Speech situation",
    "",
    "Written, edited English for a general public; invented texts imitate it. Nobody wrote for "
    "the machine.",
    "",
    "## Text characteristics",
    "",
    "News and opinion about crime, courts, politics and local life. It speaks of violence and "
    "death, and quotes insults.",
    "",
    "## Recording quality",
    "",
    "Does not apply: there are no recordings.",
    "",
)


def data_statement(card: Card, about: Card) -> list[str]:
    """Write the data statement of what a model learned from and was checked with.

    Args:
        card: model.json; empty for a baseline.
        about: check.json.

    Returns:
        Lines of Markdown.

    Source:
        Bender & Friedman (2018), TACL 6: 587-604.
    """
    names = [each["name"] for each in card.get("material") or []]
    names += [each["name"] for each in about.get("rows") or []]
    files = [known_file(name) for name in dict.fromkeys(names)]
    return [
        "# Data statement",
        "",
        "## Curation rationale",
        "",
        "Sentences and articles were chosen or written so that a model learns how news reflects "
        "on a target, above all on law enforcement, and not how grim an event is.",
        "",
        *_each(files, "what"),
        "## Language variety",
        "",
        *_each(files, "language"),
        "## Speaker demographic",
        "",
        *_each(files, "speakers"),
        "## Annotator demographic",
        "",
        *_each(files, "labelled"),
        *_agreement(about),
        *_SITUATION,
        "## Licences",
        "",
        *_each(files, "licence"),
        "## Provenance appendix",
        "",
        "See the papers that are named above; a data statement of NewsMTSC is not known.",
    ]


def _each(files: Iterable[KnownFile], field: str) -> list[str]:
    return [*(f"- **{file.name}**: {getattr(file, field)}." for file in files), ""]


def _agreement(about: Card) -> list[str]:
    lines = []
    for rows in about.get("rows") or []:
        found = rows.get("agreement")
        if found:
            lines.append(
                f"- **{rows['name']}**, agreement of its two labels: Krippendorff's alpha "
                f"{found['alpha']:.3f} ({found['low']:.3f} to {found['high']:.3f}), "
                f"{100 * found['equal']:.1f} % equal, n = {found['n']:,}."
            )
    return [*lines, ""] if lines else ["No row was labelled twice, so agreement is not known.", ""]
