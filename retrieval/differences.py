"""Old place of `differences`: see retrieval/values/differences.py."""

from retrieval.values.differences import differences

__all__ = ["differences"]
