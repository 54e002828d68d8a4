"""What is kept of a secret that only its holder knows."""

from hashlib import sha256


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits. A secret is random, so it needs no salt."""
    return sha256(secret.encode()).hexdigest()
