"""The command line: each command reads options, calls one pipeline step, and prints."""
