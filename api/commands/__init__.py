"""One file a command, or a group of them; api/cli.py puts them together."""
