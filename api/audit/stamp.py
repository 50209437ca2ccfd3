"""The seal of an audit file -> a time stamp of it by an authority (RFC 3161); and whether it holds.

What is stamped is the seal as it stands in the file: 64 hexadecimal digits, no line end. The
authority sees a hash of it, nothing else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from types import ModuleType

import httpx

from api.errors import AuditDamaged, StampUnavailable

# Seconds to wait for the authority.
AUTHORITY_SECONDS = 30.0
# Most bytes of a stamp, which holds a chain of certificates.
MOST_BYTES = 2**18
_TYPE = "application/timestamp-query"


def stamp(seal: str, authority: str, transport: httpx.BaseTransport | None = None) -> bytes:
    """A time stamp of a seal, in DER, which is of this seal and of this request.

    Who signed it is not looked at here: see `stamped_at`.

    Args:
        authority: URL of a time-stamping authority.
        transport: how it is reached; by default over the network.

    Raises:
        StampUnavailable: the extra is not installed, or the authority gives none.
    """
    library = _library()
    request = library.TimestampRequestBuilder(
        data=seal.encode(), hash_algorithm=library.HashAlgorithm.SHA256
    ).build()
    try:
        with (
            httpx.Client(transport=transport, timeout=AUTHORITY_SECONDS) as client,
            client.stream(
                "POST", authority, content=request.as_bytes(), headers={"Content-Type": _TYPE}
            ) as answer,
        ):
            answer.raise_for_status()
            given = _limited(answer)
        info = library.decode_timestamp_response(given).tst_info
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise StampUnavailable(f"{authority} gives no time stamp: {error}") from error
    if info.nonce != request.nonce or info.message_imprint.message != _digest(seal):
        raise StampUnavailable(f"{authority} answers with a time stamp of something else")
    return given


def stamped_at(seal: str, stamp: bytes, roots: bytes) -> dt.datetime:
    """The moment (UTC) at which an authority saw a seal.

    Args:
        stamp: in DER, as `stamp` gives it.
        roots: PEM certificates of those who are believed; also of authorities in between, where
            the stamp does not hold them.

    Raises:
        StampUnavailable: the extra is not installed.
        AuditDamaged: it is no stamp of this seal, or nobody signed it who is believed.
    """
    library = _library()
    from cryptography.x509 import load_pem_x509_certificates

    try:
        believed = load_pem_x509_certificates(roots)
    except ValueError as error:
        raise AuditDamaged(f"these are no certificates in PEM: {error}") from error
    try:
        given = library.decode_timestamp_response(stamp)
        library.VerifierBuilder(roots=believed).build().verify_message(given, seal.encode())
    except (ValueError, library.VerificationError) as error:
        raise AuditDamaged(f"this is no time stamp of the seal {seal}: {error}") from error
    moment: dt.datetime = given.tst_info.gen_time
    return moment.astimezone(dt.UTC)


def _limited(answer: httpx.Response) -> bytes:
    """The body of an answer. Raises: ValueError, it is longer than `MOST_BYTES`."""
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise ValueError(f"its answer is longer than {MOST_BYTES:,} bytes")
    return body


def _digest(seal: str) -> bytes:
    return hashlib.sha256(seal.encode()).digest()


def _library() -> ModuleType:
    try:
        import rfc3161_client
    except ImportError as error:
        raise StampUnavailable(
            "time stamps need the extra `stamp`: pip install 'claimdesk[stamp]'"
        ) from error
    return rfc3161_client
