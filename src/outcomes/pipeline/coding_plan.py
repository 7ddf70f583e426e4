"""Media step: plan how many articles to code, from what the study's own news look like."""

from outcomes.errors import FileError
from outcomes.media.coding_plan import Corpus
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.study import Study

FEWEST = 30  # relevant codes from which the study's own shares and accuracy are taken


def corpus_of(study: Study) -> tuple[Corpus, str]:
    """Say what a study's news look like, as far as that is known, and whence it is known.

    Returns:
        Articles a month (the median), months, how often the model gives the tone that people
        gave, and the shares of tones, weighed by the chance of being drawn; and a sentence on what
        was taken from where.
    """
    usual = Corpus()
    try:
        table = study.read_table("articles")
    except FileError:
        return usual, "Nothing was classified yet: these are usual numbers, not the study's."
    relevant = table[(table["relevant"] == 1) & table["month"].isin(study.months())]
    if relevant.empty:
        return usual, (
            "No article in the months of the study is about law enforcement yet: these are usual "
            "numbers."
        )
    counts = relevant.groupby("month").size()
    articles, months = max(int(counts.median()), 2), len(counts)
    size = f"{articles} articles about law enforcement a month in {months} months"
    months_of = dict(zip(table["url"], table["month"], strict=True))
    codes = settled_codes(study, months=months_of).codes
    coded = relevant.merge(codes[codes["human_relevant"] == 1], on="url")
    if len(coded) < FEWEST:
        plain = Corpus(articles=articles, months=months)
        return plain, (
            f"{size}; with {len(coded)} codes the model's accuracy and the shares are not known "
            f"yet ({FEWEST} are needed), so usual ones are taken: {plain.accuracy:.0%} right."
        )
    weight = 1 / coded["probability"]
    share = {
        tone: float(weight[coded["human_tone"] == tone].sum() / weight.sum()) for tone in (-1, 1)
    }
    right = float(weight[coded["tone"] == coded["human_tone"]].sum() / weight.sum())
    corpus = Corpus(
        articles=articles,
        months=months,
        accuracy=min(max(right, 0.4), 0.98),
        negative=min(max(share[-1], 0.02), 0.6),
        positive=min(max(share[1], 0.02), 0.35),
    )
    return corpus, f"{size}; {len(coded)} codes: the model is right in {right:.0%} of them."
