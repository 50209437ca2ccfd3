"""Settings -> whether the service may listen where they say: not to a network without keys."""

from __future__ import annotations

from api.errors import ExposedWithoutKeys
from api.keys.keyring import keys_of
from api.settings import Settings


def check_exposure(settings: Settings) -> None:
    """See that there is a key wherever one is asked for.

    Raises:
        ExposedWithoutKeys: nobody could be let in, or everybody would be.
        KeysUnreadable: the file of keys is damaged.
    """
    if not settings.keys_in_force or keys_of(settings).any_valid():
        return
    if settings.require_keys:
        why, way_out = "CLAIMDESK_REQUIRE_KEYS is set", ""
    else:
        why = f"{settings.host or 'every address'} can be reached over the network"
        way_out = ", or, to answer anybody, set CLAIMDESK_ALLOW_NETWORK_WITHOUT_KEYS=true"
    raise ExposedWithoutKeys(
        f"{why}, and {settings.data} has no valid API key: make one with "
        f"`claimdesk keys create`{way_out}"
    )
