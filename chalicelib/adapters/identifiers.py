"""Identifiers from the operating system's randomness."""

import secrets
import uuid


class RandomIdentifiers:
    """At least 122 random bits each: never drawn twice. A key's id has 48, and is stored if it is new."""

    def order_id(self) -> str:
        """A UUID (version 4) in lower case."""
        return str(uuid.uuid4())

    def write_id(self) -> str:
        """32 hexadecimal digits."""
        return uuid.uuid4().hex

    def key_id(self) -> str:
        """48 random bits: 12 hexadecimal digits."""
        return secrets.token_hex(6)

    def secret(self) -> str:
        """256 random bits in base64url: 43 characters."""
        return secrets.token_urlsafe(32)
