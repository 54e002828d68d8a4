"""Settings: all that is wrong is told at once, and the table of docs/settings.md is the code's."""

from dataclasses import MISSING, fields
from decimal import Decimal

import pytest

from chalicelib.bootstrap.addresses import stream_management_endpoint, stream_url
from chalicelib.bootstrap.markets import tokens_of
from chalicelib.config import (
    OWNERS,
    PRODUCTION,
    PROVIDED,
    SETTINGS,
    DelayRange,
    InvalidSettings,
    load_settings,
)
from tests.settings_table import PAGE, settings_table

REQUIRED = {setting.variable: "x" for setting in SETTINGS if setting.default is None}


def test_defaults_stand_where_nothing_is_set():
    settings = load_settings(REQUIRED)
    assert settings.paper.quote_delay_ms == DelayRange(200, 300)
    assert settings.paper.fault_dropped == Decimal(0)
    assert settings.cors_allowed_origins == frozenset()


def test_everything_that_is_wrong_is_told_at_once():
    broken = {
        "QUOTE_DEADLINE_MS": "soon",
        "PAPER_FAULT_DROPPED": "2",
        "PAPER_QUOTE_DELAY_MS": "9-1",
        "AUTH_MODE": "?",
    }
    with pytest.raises(InvalidSettings) as refused:
        load_settings(broken)
    for name in [*broken, *REQUIRED]:
        assert name in str(refused.value)


def test_production_is_neither_open_nor_steered_nor_made_to_fail():
    faults = {setting.variable: "0.1" for setting in SETTINGS if "fault" in setting.name}
    given = {**REQUIRED, **faults, "AUTH_MODE": "open", "PAPER_CONTROLS": "on"}

    with pytest.raises(InvalidSettings) as refused:
        load_settings({**given, "STREAM_STAGE": PRODUCTION})
    for name in [*faults, "AUTH_MODE", "PAPER_CONTROLS"]:
        assert f"{name} m" in str(refused.value)
    assert load_settings({**given, "STREAM_STAGE": "dev"}).is_open
    off = dict.fromkeys(faults, "0.0")
    assert load_settings({**REQUIRED, **off, "STREAM_STAGE": PRODUCTION}).stream.stage == PRODUCTION


def test_every_setting_has_a_unit_and_a_meaning():
    for setting in SETTINGS:
        assert setting.unit
        assert setting.meaning
    assert {setting.variable for setting in SETTINGS} >= PROVIDED == {"AWS_REGION", "AWS_ENDPOINT_URL"}


def test_every_setting_has_one_owner_and_a_variable_of_its_own():
    declared = [field for owner in OWNERS for field in fields(owner)]
    assert all(field.default is MISSING for field in declared)
    assert len(declared) == len(SETTINGS) + len(OWNERS) - 1
    assert len({setting.variable for setting in SETTINGS}) == len(SETTINGS)
    assert {setting.owner for setting in SETTINGS} == set(OWNERS)


def test_the_page_of_settings_lists_each_with_default_and_unit():
    assert settings_table() in PAGE.read_text(), "Run `python -m tests.settings_table`"


def test_the_stream_is_found_on_aws_on_an_emulator_and_where_it_is_said_to_be():
    aws = load_settings({**REQUIRED, "STREAM_API_ID": "ws", "STREAM_STAGE": "dev", "AWS_REGION": "eu-west-1"})
    assert stream_url(aws) == "wss://ws.execute-api.eu-west-1.amazonaws.com/dev"
    assert stream_management_endpoint(aws) == "https://ws.execute-api.eu-west-1.amazonaws.com/dev"
    local = load_settings(
        {
            **REQUIRED,
            "STREAM_API_ID": "ws",
            "STREAM_STAGE": "dev",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        }
    )
    assert stream_url(local) == "ws://127.0.0.1:4566/_aws/execute-api/ws/dev"
    assert stream_management_endpoint(local) == "http://127.0.0.1:4566/_aws/execute-api/ws/dev"
    said = load_settings({**REQUIRED, "STREAM_URL": "wss://a", "STREAM_MANAGEMENT_ENDPOINT": "https://b"})
    assert (stream_url(said), stream_management_endpoint(said)) == ("wss://a", "https://b")


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://app.example", "https://app.example"),
        ("https://app.example/", "https://app.example"),
        ("HTTPS://App.Example", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://app.example:80/", "http://app.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        (" * ", "*"),
    ],
)
def test_an_origin_is_kept_as_a_browser_sends_it(written, origin):
    settings = load_settings({**REQUIRED, "CORS_ALLOWED_ORIGINS": f"https://other.example, {written}"})
    assert settings.cors_allowed_origins == {"https://other.example", origin}


WRONG_TEXTS = [
    *(
        ("CORS_ALLOWED_ORIGINS", origin)
        for origin in (
            *(
                "app.example",
                "https://",
                "https:app.example",
                "ftp://app.example",
                "https://app.example/page",
            ),
            *("https://app.example/?a=b", "https://me@app.example", "https://a b"),
            *("https://app.example:port", "https://app.example:99999", "https://*.exa\tmple"),
        )
    ),
    *(("STREAM_URL", address) for address in ("foo", "https://host", "wss://", "wss://a b")),
    *(("STREAM_MANAGEMENT_ENDPOINT", address) for address in ("foo", "wss://host", "https://")),
    *(("AWS_ENDPOINT_URL", address) for address in ("127.0.0.1:4566", "localhost")),
    *(("LOG_LEVEL", level) for level in ("LOUD", "info ")),
    *(("ORDERS_TABLE", name) for name in ("two words", "tab\t", "tabl\u00e9")),
    *(("PAPER_SEED", seed) for seed in (" ", "two words", "caf\u00e9")),
    *(("ALLOWED_TOKENS", symbols) for symbols in (",", "SOL,", "SOL, USDC", "SOL;USDC")),
    *(("MAX_ORDER_AMOUNTS", amounts) for amounts in ("SOL", "SOL=", "SOL=-1", "SOL=1e3", "SOL=1,,USDC=2")),
    *(("MAX_DAILY_AMOUNTS", amounts) for amounts in ("1000", "SOL:1", "SOL=\u0663", "SOL=1.")),
    *(("RATE_LIMIT_PER_MINUTE", number) for number in ("\u0663", "1_000", " 5", "+5", "0", "1" * 13)),
    *(("MAX_ARMED_AMOUNTS", amounts) for amounts in ("SOL", "SOL=1.")),
    *(("WATCH_FOR_MS", number) for number in ("0", "65001", "62 s")),
    *(("MAX_ARMED_DAYS", number) for number in ("0", "366")),
    *(("SOLANA_CLUSTER", cluster) for cluster in ("mainnet", "Devnet", "testnet")),
    *(
        ("SOLANA_RPC_URLS", urls)
        for urls in (
            *("node.example", "wss://node.example", "https://", "https://node.example,", ",", "https://a b"),
            *("https://node.example/?api-key=secret", "https://me:secret@node.example", "https://a/#secret"),
            *("https://node.example/v2/0123456789abcdefg", "https://a,https://b/?c", "https://a:port"),
        )
    ),
    *(("PAPER_DRIFT_BPS", number) for number in ("-1", "2.0")),
    *(("PAPER_FAULT_LATE", fraction) for fraction in ("\u0661", "0_1", "-0", "1.5", "NaN", ".5")),
    *((name, " ") for name in ("STREAM_STAGE", "ORDERS_QUEUE_URL", "SERVICE_NAME", "PAPER_TABLE")),
]


@pytest.mark.parametrize(("variable", "text"), WRONG_TEXTS)
def test_a_text_that_can_not_work_is_refused_at_the_start(variable, text):
    with pytest.raises(InvalidSettings, match=f"{variable} was "):
        load_settings({**REQUIRED, variable: text})


def test_no_setting_takes_any_text_at_all():
    for setting in SETTINGS:
        with pytest.raises(InvalidSettings, match=f"{setting.variable} was "):
            load_settings({**REQUIRED, setting.variable: "\u2603 \n"})


def test_a_level_may_be_written_in_any_case():
    assert load_settings({**REQUIRED, "LOG_LEVEL": "debug"}).telemetry.log_level == "DEBUG"


@pytest.mark.parametrize("url", ["https://node.test/?api-key=hush", "https://node.test/0123456789abcdefhush"])
def test_an_address_that_may_hold_a_secret_is_refused_without_being_shown(url):
    with pytest.raises(InvalidSettings, match="none of them may hold a secret") as refused:
        load_settings({**REQUIRED, "SOLANA_RPC_URLS": url})
    assert "hush" not in str(refused.value)


def test_addresses_of_nodes_are_read_in_the_order_of_preference():
    urls = "http://127.0.0.1:8899, https://node.example/v1/0123456789abcdef"
    assert load_settings({**REQUIRED, "SOLANA_RPC_URLS": urls}).solana.rpc_urls == tuple(urls.split(", "))


def test_the_shadow_market_needs_a_node_and_paper_needs_none():
    with pytest.raises(InvalidSettings, match="SOLANA_RPC_URLS is not set: MARKET=shadow needs"):
        load_settings({**REQUIRED, "MARKET": "shadow"})
    assert load_settings({**REQUIRED, "MARKET": "paper"}).solana.rpc_urls == ()


@pytest.mark.parametrize(("variable", "value"), [("SOLANA_POOLS", "none"), ("SOLANA_TOKENS", "SOL")])
def test_lists_of_the_shadow_market_are_refused_when_the_settings_are_read(variable, value):
    given = {**REQUIRED, "MARKET": "shadow", "SOLANA_RPC_URLS": "https://node.example"}
    assert [token.symbol for token in tokens_of(load_settings(given))] == ["SOL", "USDC"]
    with pytest.raises(InvalidSettings, match=variable):
        tokens_of(load_settings({**given, variable: value}))


@pytest.mark.parametrize("lists", [{}, {"SOLANA_POOLS": "x"}, {"SOLANA_TOKENS": "x"}])
def test_on_devnet_mainnets_pools_and_tokens_are_not_taken_for_granted(lists):
    given = {**REQUIRED, "MARKET": "shadow", "SOLANA_RPC_URLS": "https://node.example", **lists}
    with pytest.raises(InvalidSettings, match="must list those of devnet"):
        tokens_of(load_settings({**given, "SOLANA_CLUSTER": "devnet"}))
