"""The API's documents, made from the code that serves them: OpenAPI for REST, AsyncAPI for the stream."""

VERSION = "1.0.0"
"""The version of the API that the documents describe."""
