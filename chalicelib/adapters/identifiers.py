"""Identifiers from the operating system's randomness."""

import secrets
import uuid


class RandomIdentifiers:
    """Ids of at least 122 random bits, never drawn twice, but for key ids of 48 bits, stored only if new."""

    def order_id(self) -> str:
        """Return a UUID (version 4) in lower case."""
        return str(uuid.uuid4())

    def write_id(self) -> str:
        """Return 32 hexadecimal digits."""
        return uuid.uuid4().hex

    def key_id(self) -> str:
        """Return 48 random bits as 12 hexadecimal digits."""
        return secrets.token_hex(6)

    def secret(self) -> str:
        """Return 256 random bits in base64url: 43 characters."""
        return secrets.token_urlsafe(32)
