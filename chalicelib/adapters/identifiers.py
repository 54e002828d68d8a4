"""Identifiers from the operating system's randomness."""

import uuid


class RandomIdentifiers:
    """122 random bits each: never drawn twice."""

    def order_id(self) -> str:
        """A UUID (version 4) in lower case."""
        return str(uuid.uuid4())

    def write_id(self) -> str:
        """32 hexadecimal digits."""
        return uuid.uuid4().hex
