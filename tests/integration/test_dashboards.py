"""Dashboards and alarms show metrics that exist: the engine's own as printed, AWS's as it documents them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.build import ROOT
from tests.integration.emitted import metrics
from tests.integration.test_template import FUNCTIONS, STATE, resources

OF_AWS = {
    "AWS/ApiGateway": {
        "ApiName Stage": {"Count", "4XXError", "5XXError", "Latency"},
        "ApiId Stage": {
            "ConnectCount",
            "MessageCount",
            "ClientError",
            "ExecutionError",
            "IntegrationError",
        },
    },
    "AWS/DynamoDB": {
        "TableName": {"ReadThrottleEvents", "WriteThrottleEvents"},
        "TableName GlobalSecondaryIndexName": {"ReadThrottleEvents", "WriteThrottleEvents"},
        "TableName Operation": {"SystemErrors", "ThrottledRequests"},
    },
    "AWS/Lambda": {
        "FunctionName": {
            "ConcurrentExecutions",
            "Duration",
            "Errors",
            "Invocations",
            "IteratorAge",
            "Throttles",
        }
    },
    "AWS/SQS": {"QueueName": {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"}},
}
"""What AWS calls its own metrics, and by which dimensions it keeps them."""

OURS = "${MetricsNamespace}"
SEARCH = re.compile(
    r"SEARCH\('\{(.+?)\} MetricName=\"(\w+)\" service=\"\$\{ServiceName\}\"', '(\w+)', (\d+)\)"
)

Metric = tuple[str, str, frozenset[str]]
"""Namespace, name, names of the dimensions."""


def known() -> set[Metric]:
    ours = {(OURS, name, dimensions) for name, dimensions in metrics()}
    of_aws = {
        (namespace, name, frozenset(dimensions.split()))
        for namespace, kept in OF_AWS.items()
        for dimensions, names in kept.items()
        for name in names
    }
    return ours | of_aws


def dashboards() -> dict[str, list[dict[str, Any]]]:
    """The widgets of each dashboard; references are left as they are written, numbers as texts."""
    bodies = {}
    for name, properties in resources("AWS::CloudWatch::Dashboard").items():
        body = properties["DashboardBody"]["Fn::Sub"]
        text = body if isinstance(body, str) else body[0]
        bodies[name] = json.loads(re.sub(r": (\$\{\w+\})", r': "\1"', text))["widgets"]
    return bodies


def rows(widget: dict[str, Any]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Each row of a widget: its words with every "." as it stands in the row above, and its options."""
    above: list[str] = []
    for row in widget["properties"].get("metrics", []):
        options = row[-1] if isinstance(row[-1], dict) else {}
        words = [word for word in row if isinstance(word, str)]
        words = [above[place] if word == "." else word for place, word in enumerate(words)]
        above = words or above
        yield words, options


def shown(widget: dict[str, Any]) -> Iterator[Metric]:
    for words, options in rows(widget):
        if words:
            yield words[0], words[1], frozenset(words[2::2])
        for place, name, _statistic, _period in SEARCH.findall(options.get("expression", "")):
            namespace, *dimensions = place.split(",")
            yield namespace, name, frozenset(dimensions)


WIDGETS = [(name, widget) for name, widgets in dashboards().items() for widget in widgets]


@pytest.mark.parametrize(("name", "widget"), WIDGETS, ids=lambda it: it if isinstance(it, str) else "")
def test_a_widget_shows_metrics_that_exist(name, widget):
    found = list(shown(widget))
    assert found or widget["type"] == "alarm"
    assert set(found) <= known()


def test_every_search_is_of_the_form_that_is_understood_here():
    expressions = [
        options["expression"]
        for _, widget in WIDGETS
        for _, options in rows(widget)
        if "SEARCH" in options.get("expression", "")
    ]
    assert expressions
    assert all(SEARCH.fullmatch(expression) for expression in expressions)


def test_an_alarm_watches_a_metric_that_exists():
    for alarm in resources("AWS::CloudWatch::Alarm").values():
        given = alarm["Namespace"]
        namespace = OURS if given == {"Ref": "MetricsNamespace"} else given
        dimensions = frozenset(dimension["Name"] for dimension in alarm["Dimensions"])
        assert (namespace, alarm["MetricName"], dimensions) in known()


def test_an_alarm_rings_when_armed_orders_are_not_watched_or_come_back_unfilled():
    alarms = resources("AWS::CloudWatch::Alarm")
    silent, stale, returned = (
        alarms[f"{name}Alarm"] for name in ("WatchSilent", "WatchStale", "FiringsReturned")
    )
    assert (silent["MetricName"], silent["Statistic"], silent["Period"], silent["Threshold"]) == (
        "WatchSilent", "Sum", 60, 0,
    )  # fmt: skip
    assert (stale["MetricName"], stale["Statistic"], stale["Threshold"]) == ("LookAgeMs", "Maximum", 10_000)
    assert (returned["MetricName"], returned["Statistic"], returned["Period"], returned["Threshold"]) == (
        "OrdersReturned", "Sum", 600, 10,
    )  # fmt: skip


def tables_of_alarms(metric: str) -> set[tuple[str, ...]]:
    """Of each alarm of this metric its table, and the index or the operation that it watches there."""
    alarms = resources("AWS::CloudWatch::Alarm").values()
    watched = [alarm["Dimensions"] for alarm in alarms if alarm["MetricName"] == metric]
    return {(table["Value"]["Ref"], *(each["Value"] for each in rest)) for table, *rest in watched}


def test_an_alarm_rings_when_a_table_or_an_index_that_orders_need_is_refused_or_fails():
    assert tables_of_alarms("WriteThrottleEvents") == {
        ("OrdersTable",),
        ("OrdersTable", "open-orders"),
        ("OrdersTable", "by-account"),
        ("OrdersTable", "watched-orders"),
        ("AccountsTable",),
        ("SubscriptionsTable",),
    }
    assert tables_of_alarms("ReadThrottleEvents") == {("OrdersTable",)}
    assert tables_of_alarms("SystemErrors") == {
        ("OrdersTable", "UpdateItem"),
        ("AccountsTable", "UpdateItem"),
    }


def test_an_alarm_rings_when_lambda_refuses_what_orders_need():
    throttled = {
        alarm["Dimensions"][0]["Value"]["Ref"]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "Throttles"
    }

    assert throttled == {"Api", "Authorize", "Execute", "Land"}


def test_every_metric_of_the_engine_is_shown():
    of_the_engine = {(OURS, name) for name, _ in metrics()}
    assert of_the_engine - {metric[:2] for _, widget in WIDGETS for metric in shown(widget)} == {
        (OURS, "OrdersReplayed"),  # tells of clients, not of the engine
    }


def references(metric_name: str) -> set[str]:
    """What the resources dashboard shows this metric of."""
    found = set()
    for widget in dashboards()["ResourcesDashboard"]:
        found |= {words[3] for words, _ in rows(widget) if len(words) > 3 and words[1] == metric_name}
    return {re.sub(r"\W", "", reference) for reference in found}


def test_the_resources_dashboard_leaves_nothing_out():
    state = {name: resource["Type"] for name, resource in STATE["Resources"].items()}
    tables = {f"{name}Table" for name, kind in state.items() if kind == "AWS::DynamoDB::Table"}
    queues = {name for name, kind in state.items() if kind == "AWS::SQS::Queue"}
    streams = {
        name
        for name, function in FUNCTIONS.items()
        if any(event["Type"] == "DynamoDB" for event in function.get("Events", {}).values())
    }
    assert references("Errors") == references("Throttles") == set(FUNCTIONS)
    assert references("ReadThrottleEvents") == references("WriteThrottleEvents") == tables
    assert references("ApproximateNumberOfMessagesVisible") == queues
    assert references("IteratorAge") == streams


def test_the_resources_dashboard_shows_every_alarm():
    [panel] = [widget for _, widget in WIDGETS if widget["type"] == "alarm"]
    alarms = resources("AWS::CloudWatch::Alarm")
    assert panel["properties"]["alarms"] == [f"${{{name}.Arn}}" for name in alarms]


def test_no_widget_hides_another():
    for widgets in dashboards().values():
        taken = [
            (x, y)
            for widget in widgets
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        ]
        assert len(taken) == len(set(taken))
        assert all(x < 24 for x, _ in taken)


def test_executions_at_once_are_drawn_under_their_limit():
    body = resources("AWS::CloudWatch::Dashboard")["ResourcesDashboard"]["DashboardBody"]["Fn::Sub"]
    [limit] = [
        line["value"]
        for _, widget in WIDGETS
        for line in widget["properties"].get("annotations", {}).get("horizontal", [])
    ]
    scaling = FUNCTIONS["Execute"]["Events"]["Orders"]["Properties"]["ScalingConfig"]
    assert limit == "${MostExecutions}"
    assert body[1]["MostExecutions"] == scaling["MaximumConcurrency"]


def test_one_alarm_also_rings_when_nothing_runs_at_all():
    alarms = resources("AWS::CloudWatch::Alarm")
    [silent] = [name for name, alarm in alarms.items() if alarm["TreatMissingData"] == "breaching"]
    alarm = alarms[silent]
    watched = (alarm["MetricName"], alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"])
    assert watched == ("Invocations", "Sum", "LessThanThreshold", 1)
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "Reconcile"}}]
    waits = FUNCTIONS["Reconcile"]["EventInvokeConfig"]
    assert waits == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}


def test_every_alarm_tells_where_to_read_what_to_do() -> None:
    alarms = resources("AWS::CloudWatch::Alarm")

    assert alarms
    for name, alarm in alarms.items():
        runbook = alarm["AlarmDescription"].split(" See ")[1].removesuffix(".")
        assert f"*{name.removesuffix('Alarm')}*" in (ROOT / runbook).read_text(), (name, runbook)
        assert alarm["AlarmActions"] == {"Fn::If": ["Told", [{"Ref": "Alarms"}], {"Ref": "AWS::NoValue"}]}
