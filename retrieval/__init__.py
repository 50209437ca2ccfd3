"""A claim's way: claim -> candidates -> stance -> verdict."""
