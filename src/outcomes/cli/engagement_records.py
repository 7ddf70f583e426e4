"""``outcomes engagement``: record events, contacts, letters and other engagement."""

import click

COMMANDS: tuple[click.Command, ...] = ()
