"""Survey commands that field a wave: open it, close it, freeze it, collect it, print its poster."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_study

if TYPE_CHECKING:
    from outcomes.pipeline.fielding import Standing
    from outcomes.study import Study

_USER = "(terminal)"  # no name at the desk has brackets


def _step(study: "Study", wave: str, step: "Callable[..., Standing]") -> "Standing":
    from outcomes.pipeline.fielding import today_in

    return step(study, wave, user=_USER, today=today_in(study))


@click.command(name="open", epilog="Example: outcomes survey open spring-class-post")
@click.argument("wave")
@with_study
def open_(wave: str, *, study: "Study") -> None:
    """Open the WAVE now, whatever its dates say."""
    from outcomes.pipeline.fielding import open_wave

    click.echo(f"The wave {wave} is {_step(study, wave, open_wave).state}.")


@click.command(epilog="Example: outcomes survey close spring-class-post")
@click.argument("wave")
@with_study
def close(wave: str, *, study: "Study") -> None:
    """Close the WAVE now; it can be opened again."""
    from outcomes.pipeline.fielding import close_wave

    click.echo(f"The wave {wave} is {_step(study, wave, close_wave).state}.")


@click.command(epilog="Example: outcomes survey freeze spring-class-post")
@click.argument("wave")
@with_study
def freeze(wave: str, *, study: "Study") -> None:
    """Close the WAVE for good, and collect its finished forms into the answers."""
    from outcomes.pipeline.fielding import freeze_wave

    detail = _step(study, wave, freeze_wave).detail
    click.echo(f"The wave {wave} is frozen with the answers of {detail['n']} people.")
    click.echo(f"SHA-256 of the answers: {detail['sha256']}")


@click.command(epilog="Example: outcomes survey collect")
@click.argument("wave", required=False)
@click.option(
    "--same-meaning",
    is_flag=True,
    help="The instrument's text was changed since, and still means the same.",
)
@with_study
def collect(wave: str | None, *, same_meaning: bool, study: "Study") -> None:
    """Collect the finished forms of the WAVE, or of all waves, into the answers."""
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.collecting import accept_text, collect_answers, fielded_waves
    from outcomes.pipeline.fielding import today_in

    if same_meaning and wave is None:
        raise OutcomesError("--same-meaning goes with one WAVE. Name it.")
    if same_meaning and wave is not None:
        accept_text(study, wave, user=_USER, today=today_in(study))
    waves = [wave] if wave is not None else fielded_waves(study)
    for label in waves:
        for line in collect_answers(study, label).sentences():
            click.echo(line)
    if not waves:
        click.echo("No wave holds forms from the desk or from tablets yet.")


@click.command(
    epilog="Example: outcomes survey poster spring-class-pre "
    "--url https://survey.example.org/s/spring-class-pre --out poster.pdf"
)
@click.argument("wave")
@click.option("--url", required=True, help="The link to the survey, as the desk shows it.")
@click.option("--place", default="", metavar="CODE", help="Put the name of a place on it.")
@click.option("--out", type=FILE, required=True, help="Write here (.pdf).")
@with_study
def poster(wave: str, *, url: str, place: str, out: Path, study: "Study") -> None:
    """Print a poster with the link to the WAVE as text and as QR code."""
    from outcomes.pipeline.posters import wave_poster
    from outcomes.study import write_whole

    write_whole(out, wave_poster(study, wave, url=url, place=place))
    click.echo(f"The poster lies at {out}")


COMMANDS = (open_, close, freeze, collect, poster)
