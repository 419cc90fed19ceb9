"""Login tokens (level 4.1) and one-time codes (level 4.4).

Tokens look like JSON Web Tokens (RFC 7519 with HS256) and are signed, so a damaged one is noticed. One-time codes
are those of RFC 6238 with SHA-1, six digits and 30 s, as every authenticator app makes them.
"""

import base64
import binascii
import hashlib
import hmac
import json
import random
import struct
from typing import Any, cast

STEP_S = 30
TOTP_TOKEN_LIFE_S = 120  # "valid 2 minutes", the page of user/login


def totp_code(secret: str, at: float) -> str:
    """The one-time code at a time.

    Args:
        secret: Base32, without padding.
        at: Unix seconds.
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // STEP_S), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def totp_matches(secret: str, code: str, at: float) -> bool:
    """Whether `code` is the one of this, the last or the next 30 s (RFC 6238, section 5.2)."""
    return any(hmac.compare_digest(totp_code(secret, at + drift), code.strip()) for drift in (-STEP_S, 0, STEP_S))


class TokenOffice:
    """Makes tokens and tells whose a token is.

    Args:
        chance: Where the signing key comes from.
    """

    def __init__(self, chance: random.Random) -> None:
        self._key = chance.randbytes(32)
        self._series = 0

    def make(self, purpose: str, username: str, *, now: float, life_s: int) -> str:
        """A token for `username` that holds for `life_s` seconds.

        Args:
            purpose: ``login``, or ``totp`` for the second step of a login.
            username: Whose.
            now: Unix seconds.
            life_s: Seconds.
        """
        claims = {"sub": username, "use": purpose, "ser": self._series, "iat": int(now), "exp": now + life_s}
        signed = f"{_encode({'alg': 'HS256', 'typ': 'JWT'})}.{_encode(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def read(self, purpose: str, token: str, *, now: float) -> str:
        """The user name a token was made for, or empty when it is damaged, expired, or for another purpose."""
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            return ""
        try:
            claims = _decode(signed.partition(".")[2])
        except (ValueError, binascii.Error):
            return ""
        good = claims["use"] == purpose and claims["ser"] == self._series and now < float(claims["exp"])
        return str(claims["sub"]) if good else ""

    def expire_all(self) -> None:
        """Let every token made so far be of no use any more."""
        self._series += 1

    def _signature(self, signed: str) -> str:
        digest = hmac.new(self._key, signed.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _encode(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(part: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
