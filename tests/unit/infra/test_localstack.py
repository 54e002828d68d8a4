"""What is decided for LocalStack, as far as it can be shown without it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from infra.local import localstack
from infra.local.emulator import ROOT
from infra.local.settings import read_settings


def emulator(*known: str) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in known else 404)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            pass

    return Answer


@pytest.fixture(params=[("/_localstack/health",), ("/_localstack/health", "/_ministack/ready")])
def endpoint(request) -> Iterator[tuple[str, bool]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), emulator(*request.param))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", len(request.param) == 1
    server.shutdown()
    server.server_close()


def test_it_is_told_from_ministack_by_what_it_does_not_know(endpoint):
    address, expected = endpoint
    assert localstack.serves(address) is expected


def test_sockets_are_posted_to_where_its_containers_reach_it_unless_it_is_said_otherwise():
    assert localstack.settings(read_settings([]))["STREAM_MANAGEMENT_ENDPOINT"] == localstack.IN_CONTAINERS
    given = read_settings(["STREAM_MANAGEMENT_ENDPOINT=http://elsewhere:4566"])
    assert localstack.settings(given)["STREAM_MANAGEMENT_ENDPOINT"] == "http://elsewhere:4566"


def test_the_zip_is_the_runtimes_and_of_the_architecture_that_the_functions_get():
    assert localstack.target().name.startswith(
        f"lambda-{localstack.settings(read_settings([]))['ARCHITECTURE']}"
    )


def test_the_composition_wants_the_users_own_token_and_listens_on_loopback_only():
    service = yaml.safe_load((ROOT / "infra" / "local" / "compose.yaml").read_text())["services"][
        "localstack"
    ]
    assert service["environment"]["LOCALSTACK_AUTH_TOKEN"].startswith("${LOCALSTACK_AUTH_TOKEN:?")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
