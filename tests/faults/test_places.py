"""The faults of places, as `make faults` tries them."""

import pytest

from tests.faults import places

pytestmark = pytest.mark.slow


def test_a_full_disk() -> None:
    result = places.full_disk()
    if result is None:
        pytest.skip("no file system may be mounted here")
    assert result.losses == []


def test_a_folder_that_cannot_be_written() -> None:
    result = places.read_only_folder()
    if result is None:
        pytest.skip("no file system may be mounted here")
    assert result.losses == []


def test_a_truncated_model() -> None:
    assert places.truncated_model([0.5]).losses == []


def test_a_clock_that_jumps() -> None:
    assert places.moved_clock().losses == []
