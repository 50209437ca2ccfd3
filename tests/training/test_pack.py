"""What lies beside packed weights."""

import json

from training.pack import dense


def test_json_without_blanks_says_the_same() -> None:
    text = json.dumps({"vocab": {"naïve": 1, "▁a b": 2}}, indent=2).encode()
    assert dense(text) == '{"vocab":{"naïve":1,"▁a b":2}}\n'.encode()
