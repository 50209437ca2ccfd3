"""A request's token -> its API key: key.py is one key, keyring.py all of them; file.py and table.py
keep them."""
