"""Verdicts -> an append-only log of them, which nobody can change unseen.

The files in reading order:

log.py      the log: what is appended, read, erased; file.py, table.py: where it lies
record.py   an answer -> what is kept of it
chain.py    entries -> a hash chain, and what is wrong with it
barrier.py  no answer before its verdicts are kept
export.py   the log -> one sealed file; stamp.py: its time stamp
schemas.py  what is answered of a kept verdict
"""
