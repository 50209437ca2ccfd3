"""What came of a fault that was tried."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Result:
    """tried: how often, and with what. losses: what was lost, wrong or not answered."""

    fault: str
    tried: int
    with_what: str
    held: str = ""
    losses: list[str] = field(default_factory=list)
