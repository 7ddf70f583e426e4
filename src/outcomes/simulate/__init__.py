"""The worked example: a seeded simulator with a truth file, and what a new study is filled with."""
