"""The faults of traffic, smaller and shorter than `make faults` tries them."""

from collections.abc import Callable

import pytest

from tests.faults import traffic
from tests.faults.result import Result

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        (traffic.one_byte_a_second, 8),
        (traffic.many_connections, 300),
        (traffic.disconnects, 5),
        (traffic.stop_under_load, 6),
        (traffic.mixed_load, 5),
    ],
)
def test_a_fault_of_traffic(fault: Callable[[int], Result], size: int) -> None:
    result = fault(size)
    assert result.losses == []
    assert result.tried
