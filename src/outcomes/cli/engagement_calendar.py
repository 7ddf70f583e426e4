"""``outcomes engagement``: plan walks, and give the plan as a calendar."""

import click

COMMANDS: tuple[click.Command, ...] = ()
