"""The model card of a model of tone, in the order that the field uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from outcomes.media.model_checks import card_tables
from outcomes.media.model_checks.data_statement import data_statement
from outcomes.media.model_checks.known_material import known_file
from outcomes.media.model_checks.name_swaps import swap_verdict

Card = Mapping[str, Any]
_NOT_SAID = "not recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTables:
    """What a check wrote."""

    about: Card  # check.json
    scores: pd.DataFrame
    by_group: pd.DataFrame
    reliability: pd.DataFrame
    worst: pd.DataFrame
    fairness: pd.DataFrame


def model_card(card: Card, checks: CheckTables, *, model: str) -> str:
    """Write the model card and, behind it, the data statement.

    Args:
        card: model.json; empty for a baseline, which has no folder.
        checks: Of this model.
        model: Its name with its version.

    Returns:
        Markdown. Every number stands in ``card`` or in ``checks``.

    Source:
        Mitchell et al. (2019), FAccT: 220-229, for the sections; Bender & Friedman (2018), TACL 6:
        587-604, for the data statement.
    """
    lines = [
        f"# Model card: {model}",
        "",
        *_details(card, model),
        *_use(),
        *_factors(),
        *_metrics(checks),
        *_evaluation_data(checks),
        *_training_data(card),
        *_analyses(checks, model),
        *_ethics(card, checks, model),
        *_caveats(),
        *data_statement(card, checks.about),
    ]
    return "\n".join(lines) + "\n"


def _details(card: Card, model: str) -> list[str]:
    base = card.get("base") or "none"
    cost = card.get("cost") or {}
    made = ", ".join(f"{_words(name)} {value}" for name, value in cost.items())
    recipe = card.get("recipe") or {}
    return [
        "## Model details",
        "",
        f"- **What it is.** {_what(card)}",
        f"- **Made on** {card.get('made_on') or _NOT_SAID}, **from** {base}, **licence** "
        f"{card.get('licence') or _NOT_SAID}.",
        f"- **Recipe.** {_listed(recipe) or _NOT_SAID}.",
        f"- **Cost to make.** {made or _NOT_SAID}.",
        f"- **How to cite.** outcomes, model of tone {model}"
        f"{', ' + str(card['made_on']) if card.get('made_on') else ''}. Name the version: another "
        "version is another measuring instrument, and breaks a series.",
        "- **Questions and mistakes** go to whoever gave you this model.",
        "",
    ]


def _what(card: Card) -> str:
    if not card:
        return (
            "A word list with fixed rules. It learned nothing, does not know who is blamed or "
            "praised, and stands here as the baseline that others must beat."
        )
    return (
        f"A neural network that reads one sentence with a marked target, at most "
        f"{card.get('longest', '?')} tokens of it, and gives the probabilities that it reflects "
        "negatively, neutrally or positively on that target; and a second, small step from the "
        "sentences about law enforcement to the article. It runs on an ordinary computer, and "
        "sends nothing anywhere."
    )


def _use() -> list[str]:
    return [
        "## Intended use",
        "",
        "- To sort news about law enforcement by tone, so that people code fewer articles, and to "
        "make shares of tone more exact **together with** human codes (outcomes media share).",
        "- By agencies, evaluators and researchers who code a sample of their own news.",
        "",
        "**Out of scope.** Publishing its counts without correction by human codes. Judging a "
        "person: an officer, a reporter, a resident, a source. Judging an outlet by a few "
        "articles. Deciding whom to answer, reward or punish. Social media, court files, calls "
        "and languages other than English. The tone toward anybody who is not law enforcement.",
        "",
    ]


def _factors() -> list[str]:
    return [
        "## Factors",
        "",
        "It may do better or worse by outlet, place, kind and length of text, and by the case "
        "(grim events, lawsuits, oversight, praise, obituaries, press releases). Who a story is "
        "about should not matter: the race, gender and name of suspects, victims and officers, "
        "the neighborhood, and the kind of agency. Both are measured below.",
        "",
    ]


def _metrics(checks: CheckTables) -> list[str]:
    means = checks.scores.drop_duplicates("figure")[["figure", "means"]].to_dict("records")
    return [
        "## Metrics",
        "",
        *(f"- `{row['figure']}`: {row['means']}." for row in means),
        "",
        "Intervals are of 95 % and come from drawing whole groups (an article, an event) again. "
        "Beside the model stand two baselines that anyone can run: a word list of the field, and "
        "NLTK's VADER over the whole text.",
        "",
    ]


def _evaluation_data(checks: CheckTables) -> list[str]:
    lines = ["## Evaluation data", ""]
    for rows in checks.about.get("rows", []):
        lines.append(
            f"- **{rows['name']}**: {rows['rows']:,} {rows['kind']} in {rows['groups']:,} groups"
            f"; {rows['left_out']} on which the coders differ were left out."
        )
        if known_file(rows["name"]).invented:
            lines.append("  All of it is invented. News is harder: expect less of the model there.")
        if rows.get("trained_on"):
            lines.append(
                "  **The model learned from this file.** Its figures here are better than for "
                "news it never saw; those on held-out rows are under Training data."
            )
    return [*lines, "", f"Checked on {checks.about.get('checked_on', _NOT_SAID)}.", ""]


def _training_data(card: Card) -> list[str]:
    lines = ["## Training data", ""]
    material = card.get("material") or []
    for each in material:
        many = f", {each['articles']:,} articles" if each.get("articles") else ""
        lines.append(
            f"- **{each['name']}**: {each.get('rows', 0):,} sentences{many}. sha256 "
            f"`{str(each.get('sha256', ''))[:16] or 'none'}`"
        )
    if not material:
        lines.append("None.")
    held = ((card.get("figures") or {}).get("held_out")) or {}
    if held:
        rows = [
            [
                name,
                card_tables.interval(
                    found["macro_f1"], found["macro_f1_low"], found["macro_f1_high"]
                ),
                f"{found['accuracy']:.3f}",
                f"{found['ece']:.3f}",
                f"{found['rows']:,}",
            ]
            for name, found in held.items()
        ]
        lines += ["", "Rows of it that were held out, and never trained:", ""]
        header = ["rows", "macro-F1", "rightly called", "calibration error", "n"]
        lines += card_tables.markdown(header, rows)
    lines += _unseen_articles((card.get("article") or {}).get("cross_validated") or {})
    return [*lines, "", "More of it stands in the data statement below.", ""]


def _unseen_articles(found: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Show how articles are read by a last step that never saw them."""
    if not found:
        return []
    words = {"articles": "whole articles", "briefs": "articles of one sentence"}
    names = ("accuracy", "macro_f1", "negative_f1")
    rows = [
        [
            words[kind],
            *(f"{each[name]:.3f} ({each[f'{name}_weighed']:.3f})" for name in names),
            f"{each['n']:,}",
        ]
        for kind, each in found.items()
    ]
    said = (
        "Articles of the material, each read by a last step that was learned without it "
        "(cross-validated); in brackets, weighed as the tones come in real news:"
    )
    header = ["articles", "rightly called", "macro-F1", "F1 negative", "n"]
    return ["", said, "", *card_tables.markdown(header, rows)]


def _analyses(checks: CheckTables, model: str) -> list[str]:
    return [
        "## Quantitative analyses",
        *card_tables.score_tables(checks.scores, model=model),
        "",
        "### Is it as often right as it is sure?",
        "",
        *card_tables.reliability_table(checks.reliability, model=model),
        "",
        "### For which news is it worse?",
        *card_tables.group_tables(checks.by_group, model=model),
        "",
        "### What it gets wrong",
        "",
        *card_tables.mistakes(checks.worst, model=model),
        "",
    ]


def _ethics(card: Card, checks: CheckTables, model: str) -> list[str]:
    kept, verdict = swap_verdict(checks.fairness[checks.fairness["model"] == model])
    rule = "keeps" if kept else "**does not keep**"
    blinded = (
        "It does not get to read them: where law enforcement is judged, origin, standing "
        "of a neighborhood, names of people and the kind of agency are taken out of a sentence "
        "first, as far as they stand in its lists of words or look like names. What is left in "
        "the tables below comes from words that it does not know as such, and there will be "
        "others.",
        "",
    )
    return [
        "## Ethical considerations",
        "",
        "A wrong tone can make an agency, or its critics, look better or worse than the news did. "
        "A model that took the race or the name of a suspect for blame or praise would do so for "
        "some neighborhoods more than for others.",
        "",
        *(blinded if card.get("blinded") else ()),
        f"It {rule} the rule of fairness: {verdict}.",
        "",
        *card_tables.fairness_table(checks.fairness, model=model),
        "",
    ]


def _caveats() -> list[str]:
    return [
        "## Caveats and recommendations",
        "",
        "- Counts of a model are wrong even where most of its calls are right, for its mistakes "
        "do not cancel. Code a random sample of your own news, and publish corrected shares.",
        "- Check it on your own coded articles: outcomes media check-model. Figures on invented "
        "sentences are better than on news.",
        "- News changes. Check again at least once a year, and when the series asks for codes.",
        "- Labels by language models agree more with one another than people would.",
        "",
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _listed(things: Card) -> str:
    return ", ".join(
        f"{_words(name)} {value}" for name, value in things.items() if value not in ("", None)
    )
