"""What the static scan of the templates lets pass, and what it doesn't."""

from infra.scan.__main__ import TEMPLATES, findings, read_exceptions


def check(check_id, path):
    return {
        "check_id": check_id,
        "check_name": "Is it so?",
        "repo_file_path": f"/{path}",
        "resource": "AWS::SQS::Queue.Orders",
        "file_line_range": [7, 9],
    }


def report(*failed):
    passed = [check("CKV_1", path) for path in TEMPLATES]
    return {"results": {"failed_checks": list(failed), "passed_checks": passed}}


def test_a_failed_check_without_an_exception_is_found_at_its_line():
    found = list(findings(report(check("CKV_2", TEMPLATES[1])), {}))
    assert found == ["infra/resources.yaml:7 AWS::SQS::Queue.Orders CKV_2 Is it so?"]


def test_a_failed_check_with_an_exception_is_no_finding():
    assert not list(findings(report(check("CKV_2", TEMPLATES[0])), {"CKV_2": "because"}))


def test_an_exception_that_nothing_needs_is_found():
    assert list(findings(report(), {"CKV_2": "because"})) == [
        "infra/scan/exceptions.toml: nothing fails CKV_2 any more"
    ]


def test_a_template_that_was_passed_over_is_found():
    nothing = {"failed_checks": (), "passed_checks": ()}
    assert list(findings({"results": nothing}, {})) == [f"{path} was not scanned" for path in TEMPLATES]


def test_every_exception_has_a_reason():
    assert all(len(reason) > len("because") for reason in read_exceptions().values())
