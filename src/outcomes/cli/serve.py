"""Commands for the desk: serve it, and look whether its audit log is unbroken."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.cli.options import FILE, with_study

if TYPE_CHECKING:
    from outcomes.study import Study


@click.command(epilog="Example: outcomes serve --study my-study --host 0.0.0.0")
@with_study
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: phones as well.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="0 takes any that is free.",
)
@click.option("--certificate", type=FILE, help="For https: a PEM file.")
@click.option("--certificate-key", type=FILE, help="Its key: a PEM file without a passphrase.")
@click.option("--behind-https", is_flag=True, help="A proxy on this computer does the https.")
@click.option(
    "--trusted-network",
    is_flag=True,
    help="Let staff sign in from other computers although there is no https.",
)
@click.option("--open-browser/--no-open-browser", help="Open the desk in a browser.")
def serve(
    study: "Study",
    host: str,
    port: int,
    certificate: Path | None,
    certificate_key: Path | None,
    behind_https: bool,
    trusted_network: bool,
    open_browser: bool,
) -> None:
    """Serve the surveys to phones and tablets, and the desk to staff."""
    from outcomes.web.serve import Serving
    from outcomes.web.serve import serve as serve_study

    serving = Serving(
        host=host,
        port=port,
        certificate=certificate,
        certificate_key=certificate_key,
        behind_https=behind_https,
        trusted_network=trusted_network,
        open_browser=open_browser,
    )
    serve_study(study, serving, say=click.echo)


@click.command(epilog="Example: outcomes audit")
@with_study
@click.option("--last", type=click.IntRange(0), default=20, show_default=True, help="Rows shown.")
def audit(study: "Study", last: int) -> None:
    """Show who did what at the desk, and say whether anybody changed the log."""
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.audit import break_in, read_audit

    rows = read_audit(study.store)
    for row in rows[len(rows) - min(last, len(rows)) :]:
        told = " | ".join((row.at, row.user, row.action, row.about, row.detail))
        click.echo(f"{row.id} | {told}")
    broken = break_in(rows)
    if broken is not None:
        raise OutcomesError(
            f"The audit log is broken at row {broken}: this row, or one before it, was changed, "
            "added or taken out. Compare data/study.db with its last backup"
        )
    end = f" Fingerprint of the last row: {rows[-1].chain[:16]}" if rows else ""
    click.echo(f"{len(rows)} rows, unbroken.{end}")
