import pytest

from index.regroup import regroup


def test_items_are_grouped_in_their_order() -> None:
    assert regroup("abcdef", [2, 0, 3, 1]) == [["a", "b"], [], ["c", "d", "e"], ["f"]]
    assert regroup([], []) == []


@pytest.mark.parametrize("sizes", [[2], [1, 1, 2], []])
def test_sizes_that_do_not_add_up_are_an_error(sizes: list[int]) -> None:
    with pytest.raises(ValueError, match="3 items"):
        regroup([1, 2, 3], sizes)
