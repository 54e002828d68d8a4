"""The wire's forms, each typed once: what presents returns them, and the API's documents are made of them.

pydantic reads these types and would cost each cold start, so nothing imports this package at run time: what
presents imports it for its types alone, and mypy holds the two together.
"""
