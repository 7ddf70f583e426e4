"""Survey commands that link the same anonymous person's answers before and after."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_encoding, with_out

if TYPE_CHECKING:
    from outcomes.pipeline.linking import LinkedFiles


@click.command(
    epilog="Example: outcomes survey link data/raw/answers/spring-class-pre.csv "
    "data/raw/answers/spring-class-post.csv --card respondent --id row --out links.csv"
)
@click.argument("pre", type=FILE)
@click.argument("post", type=FILE)
@click.option("--codes", default="", metavar="A,B,C", help="Columns with the code's elements.")
@click.option("--id", "id_", required=True, metavar="COL", help="Names each row; or say row.")
@click.option("--card", default="", metavar="COL", help="The column with the code of a card.")
@click.option(
    "--block", default="", metavar="COL,COL", help="Link only within these, such as class or site."
)
@click.option(
    "--threshold", type=float, metavar="P", help="Link from this probability on.  [default: 0.97]"
)
@click.option("--unmatched", type=FILE, help="Write the rows without a link here.")
@click.option("--review", type=FILE, help="Write doubtful pairs here, for a person to decide on.")
@click.option("--decisions", type=FILE, help="The reviewed pairs: same or different, and reviewer.")
@click.option("--sensitivity", "looser", type=FILE, help="Write links by rule and threshold here.")
@click.option("--baseline", default="", metavar="COL,COL", help="Compare who could not be linked.")
@with_encoding
@with_out
def link(
    pre: Path,
    post: Path,
    *,
    codes: str,
    id_: str,
    card: str,
    block: str,
    threshold: float | None,
    unmatched: Path | None,
    review: Path | None,
    decisions: Path | None,
    looser: Path | None,
    baseline: str,
    encoding: str,
    out: Path | None,
    form: str,
) -> None:
    """Link the rows of PRE and POST (CSV or Excel) that are the same person's.

    Equal cards come first, then codes: those that agree wholly, those that differ in one element,
    and those that differ in more where nobody else fits as well. Each link has its probability.
    Codes may be plain or hashed; they are only compared, never written.
    """
    from outcomes.pipeline.linking import link_files
    from outcomes.sheets import Reading
    from outcomes.surveys.linking.link_plan import USUAL_THRESHOLD, LinkPlan

    plan = LinkPlan(
        id=id_,
        codes=_listed(codes),
        card=card,
        blocks=_listed(block),
        threshold=USUAL_THRESHOLD if threshold is None else threshold,
    )
    found = link_files(
        pre,
        post,
        plan,
        decisions=decisions,
        baseline=_listed(baseline),
        reading=Reading(encoding=encoding),
    )
    put_out(found.links.table.drop(columns="link_id"), out=out, form=form)
    _put_beside(found, unmatched=unmatched, review=review, looser=looser)


def _put_beside(
    found: "LinkedFiles", *, unmatched: Path | None, review: Path | None, looser: Path | None
) -> None:
    """Write what else was asked for, and say what the reader of the links should know."""
    from outcomes.pipeline.linking import unmatched_sentences
    from outcomes.surveys.linking.links import review_list, unmatched_list
    from outcomes.surveys.linking.sensitivity import sensitivity

    links = found.links
    doubtful = review_list(links)
    beside = ((unmatched, unmatched_list(links)), (review, doubtful), (looser, sensitivity(links)))
    for path, table in beside:
        if path is not None:
            put_out(table, out=path, form="table")
    say_beside(links.sentences())
    if len(doubtful):
        where = f"; they are in {review}" if review else "; write them to a file with --review"
        say_beside([f"{len(doubtful)} pairs are doubtful and are not linked{where}."])
    if found.unmatched is not None:
        say_beside(unmatched_sentences(found.unmatched))


@click.command(
    name="expect-links",
    epilog="Example: outcomes survey expect-links --elements surveys/academy.yaml --people 30",
)
@click.option(
    "--elements",
    required=True,
    metavar="FILE.yaml|KINDS",
    help="An instrument, or letter,place,siblings,number:12 and so on.",
)
@click.option("--people", type=int, required=True, help="In one class or site, before.")
@click.option(
    "--return", "back", type=float, default=0.75, show_default=True, help="Share who come back."
)
@with_out
def expect_links(*, elements: str, people: int, back: float, out: Path | None, form: str) -> None:
    """Say before fielding how well a planned code will link so many people.

    Kinds of elements: letter (of a first name), place (letter of a town or school), middle (letter
    of a middle name), siblings (how many), number:12 (a number with 12 answers, all as likely).
    """
    from outcomes.pipeline.expected_links import expected_links, planned_elements

    found = expected_links(planned_elements(elements), people=people, back=back)
    put_out(found.table, out=out, form=form)
    say_beside(found.sentences())


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


COMMANDS = (link, expect_links)
