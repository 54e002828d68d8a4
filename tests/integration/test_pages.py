"""The dashboard, the documents and their files: what is served, and nothing else."""

import json
import re

import pytest

import app as entry
from chalicelib.api.pages import OF_THEIR_OWN, PAGES, STATIC, TYPES

MOST_BYTES = 5_000_000
"""Lambda answers with 6 MB at most, and a text grows when it is quoted as JSON."""

FILES = sorted(path.name for path in STATIC.iterdir())
LINKED = re.compile(r'(?:href|src)="([^"#][^":]*)"|(?:from|import) "\./([^"]+)"')


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_text_of_a_known_type_that_fits_into_an_answer(desk, name):
    answer = desk.request("GET", f"/{name}" if name in OF_THEIR_OWN else f"/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == TYPES[(STATIC / name).suffix]
    assert answer.body == (STATIC / name).read_bytes()
    assert len(answer.body) < MOST_BYTES


@pytest.mark.parametrize("name", OF_THEIR_OWN)
def test_a_large_file_is_served_under_its_own_throttled_path_only(desk, name):
    assert desk.request("GET", f"/static/{name}").status_code == 404
    assert (STATIC / name).stat().st_size > max(
        (STATIC / other).stat().st_size for other in FILES if other not in OF_THEIR_OWN
    )


def test_the_pages_have_the_paths_that_app_py_has_for_them():
    def is_of_a_page(path):
        return not path.startswith(("/api/", "/static/"))

    assert {path for path in entry.app.routes if is_of_a_page(path)} == PAGES.keys()


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served_under_its_own_path(desk, path):
    assert desk.request("GET", path).body == (STATIC / PAGES[path]).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["nope.js", ".", "..", "../api/pages.py", "../../app.py", "/etc/passwd", f"{STATIC}/main.js", "\0"],
)
def test_nothing_else_is_served_however_the_gateway_decodes_the_path(desk, name):
    event = {
        "requestContext": {"resourcePath": "/static/{name}", "httpMethod": "GET"},
        "pathParameters": {"name": name},
        "headers": {},
        "multiValueQueryStringParameters": None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }
    answer = entry.app(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "ROUTE_UNKNOWN")


def test_what_a_client_has_already_is_not_sent_again(desk):
    tag = desk.request("GET", "/docs").headers["ETag"]
    for known in (tag, f'"other", W/{tag}'):
        again = desk.request("GET", "/docs", If_None_Match=known)
        assert (again.status_code, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert desk.request("GET", "/docs", If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_may_only_do_what_it_needs(desk, path):
    policy = desk.request("GET", path).headers["Content-Security-Policy"]
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert sources["default-src"] == "'none'"
    assert sources["connect-src"] == "'self' wss://ws.execute-api.us-east-1.amazonaws.com"
    for kind in ("script-src", "style-src"):
        assert all(re.fullmatch(r"'(self|sha256-[\w+/]{43}=)'", source) for source in sources[kind].split())
    assert "unsafe" not in policy
    assert "*" not in policy
    assert not re.search(r"\s(style|on\w+)=", (STATIC / PAGES[path]).read_text())


def test_only_pages_carry_a_page_s_policies(desk):
    for path in ("/static/stream.js", "/static/dashboard.css", "/openapi.json"):
        answer = desk.request("GET", path)
        assert answer.status_code == 200
        assert not {"Content-Security-Policy", "Referrer-Policy"} & set(answer.headers)


@pytest.mark.parametrize(
    "name", [name for name in FILES if name.endswith((".html", ".js")) and "redoc" not in name]
)
def test_pages_name_only_relative_addresses_of_what_is_served(desk, name):
    for linked, imported in LINKED.findall((STATIC / name).read_text()):
        path = f"/{linked}" if linked else f"/static/{imported}"
        assert desk.request("GET", path).status_code == 200, path


def test_the_renderers_licence_is_shipped_and_names_its_version():
    version = re.search(r"Redoc (\d+\.\d+\.\d+) ", (STATIC / "redoc.NOTICE.txt").read_text())
    assert version is not None
    assert version[1] in (STATIC / "redoc.standalone.js").read_text()
    assert "The MIT License" in (STATIC / "redoc.NOTICE.txt").read_text()
