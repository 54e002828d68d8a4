"""Hold orders where they are, so that a test can look twice."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.local.stack import Stack


@contextmanager
def stopped_executions(stack: Stack) -> Iterator[None]:
    """Leave orders in their queue."""
    functions = stack.clients().functions
    (source,) = functions.list_event_source_mappings(EventSourceArn=(stack.outputs or {})["OrdersQueueArn"])[
        "EventSourceMappings"
    ]
    functions.update_event_source_mapping(UUID=source["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=True)
