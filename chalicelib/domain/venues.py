"""The venues that orders trade on, by their names on the wire."""

RAYDIUM, METEORA = "raydium", "meteora"

VENUES = (RAYDIUM, METEORA)
"""Every venue, in the order in which they are asked."""
