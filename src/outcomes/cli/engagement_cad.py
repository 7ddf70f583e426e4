"""``outcomes engagement``: CAD call types and extracts."""

import click

COMMANDS: tuple[click.Command, ...] = ()
