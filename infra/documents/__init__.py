"""The API's documents, made from the code that serves them: OpenAPI for REST, AsyncAPI for the stream."""

VERSION = "1.0.0"
"""Of the API that they describe."""
