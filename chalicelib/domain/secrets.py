"""Digests of secrets: the engine stores them in place of the secrets."""

from hashlib import sha256


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a secret in hexadecimal digits. Secrets are random, so they need no salt."""
    return sha256(secret.encode()).hexdigest()
