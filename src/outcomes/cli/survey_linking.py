"""Survey commands that link the same anonymous person's answers before and after."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_encoding, with_out
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.pipeline.linking import LinkedFiles
    from outcomes.study import Study

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path, file_okay=False)
_USER = "(terminal)"  # no name at the desk has brackets


@dataclass(frozen=True, slots=True, kw_only=True)
class _InStudy:
    """What was asked for in a study."""

    folder: Path | None
    group: str
    seal: bool
    yes: bool
    key_out: Path | None


def _or_a_study(command: F) -> F:
    """Add the options that link a study; the command sees only calls that name two files."""

    @wraps(command)
    def with_a_study(*, pre: Path | None, post: Path | None, **options: Any) -> Any:
        asked = _InStudy(**{each.name: options.pop(each.name) for each in fields(_InStudy)})
        if pre is None:
            if any(value for name, value in options.items() if name not in _OF_BOTH):
                raise OutcomesError(
                    "name two files, PRE and POST; or none and no options of files, to link a study"
                )
            return _link_study(asked, out=options["out"], form=options["form"])
        if post is None:
            raise OutcomesError("name two files, PRE and POST; or none, to link a study")
        if asked != _InStudy(folder=None, group="", seal=False, yes=False, key_out=None):
            raise OutcomesError(
                "--study, --group, --seal, --yes and --key-out are about a study; leave out the "
                "files"
            )
        if not options["id_"]:
            raise OutcomesError("say which column names each row: --id COL, or --id row")
        return command(pre, post, **options)

    found: Any = with_a_study
    for option in reversed(_STUDY_OPTIONS):
        found = option(found)
    return cast("F", found)


_OF_BOTH = ("out", "form", "encoding")
_STUDY_OPTIONS = (
    click.option("--study", "folder", type=FOLDER, help="Without PRE and POST: the study folder."),
    click.option("--group", default="", help="In a study: this group only."),
    click.option("--seal", is_flag=True, help="In a study: link, then destroy the key. See --yes."),
    click.option("--yes", is_flag=True, help="With --seal: do it, instead of saying what it does."),
    click.option("--key-out", type=FILE, help="In a study: copy the key for somebody to hold."),
)


@click.command(
    epilog="Example: outcomes survey link data/raw/answers/spring-class-pre.csv "
    "data/raw/answers/spring-class-post.csv --card respondent --id row --out links.csv"
)
@click.argument("pre", type=FILE, required=False)
@click.argument("post", type=FILE, required=False)
@click.option("--codes", default="", metavar="A,B,C", help="Columns with the code's elements.")
@click.option("--id", "id_", default="", metavar="COL", help="Names each row; or say row.")
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
@_or_a_study
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
    """Link the rows of PRE and POST (CSV or Excel) that are the same person's, or a whole study.

    Equal cards come first, then codes: those that agree wholly, those that differ in one element,
    and those that differ in more where nobody else fits as well. Each link has its probability.
    Codes may be plain or hashed; they are only compared, never written.

    Without PRE and POST it links the waves of a study into results/links.csv and
    results/linking.csv. --seal then destroys the study key, so that nobody can try codes out.
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


def _link_study(asked: _InStudy, *, out: Path | None, form: str) -> None:
    from outcomes.study import open_study

    study = open_study(asked.folder)
    if asked.yes and not asked.seal:
        raise OutcomesError("--yes belongs to --seal")
    if asked.seal and (asked.group or asked.key_out is not None):
        raise OutcomesError(
            "one key serves all groups of a study, so --seal is for all of it: leave out --group, "
            "and copy no key that is to be destroyed"
        )
    if asked.key_out is not None:
        _copy_key(study, asked.key_out)
    elif asked.seal:
        _seal(study, sure=asked.yes)
    else:
        _say_links(study, group=asked.group, out=out, form=form)


def _copy_key(study: "Study", path: Path) -> None:
    from outcomes.pipeline.sealing import copy_key

    copy_key(study, path)
    click.echo(f"A copy of the study key is in {path}. Give it to whoever is to hold it.")
    click.echo(
        f"If nobody at the agency is to have it, write its place into study.toml under [study] as "
        f"key_file, and delete {study.key_path}."
    )


def _seal(study: "Study", *, sure: bool) -> None:
    from outcomes.pipeline.fielding import today_in
    from outcomes.pipeline.sealing import seal, seal_plan

    if not sure:
        plan = seal_plan(study, today=today_in(study))
        click.echo("Nothing was changed. Sealing would do this, and cannot be undone:")
        for line in plan.sentences():
            click.echo(f"  {line}")
        click.echo("To do it: outcomes survey link --seal --yes")
        return
    for line in seal(study, user=_USER, today=today_in(study)).sentences():
        click.echo(line)
    click.echo("The study is sealed: the key is destroyed.")


def _say_links(study: "Study", *, group: str, out: Path | None, form: str) -> None:
    from outcomes.pipeline.link_account import require_links, sentences_of, write_links
    from outcomes.pipeline.study_links import links_table, study_links
    from outcomes.pipeline.surveys import score_waves

    found = study_links(study, group=group)
    require_links(found)
    if out is not None or form == "json":
        put_out(links_table(found), out=out, form=form)
    for each in found:
        say_beside(sentences_of(each))
    if not group:
        write_links(study, found, score_waves(study))
        say_beside(["Written: results/links.csv and results/linking.csv."])


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
