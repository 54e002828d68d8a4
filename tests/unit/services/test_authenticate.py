"""Whose an API key is, and how keys are made and revoked."""

import pytest

from chalicelib.domain.access import Caller, Scope
from chalicelib.domain.api_keys import format_key, is_account, is_name, parse_key
from chalicelib.errors import ApiKeyNotFound, NotAuthenticated, StorageUnavailable
from chalicelib.services.authenticate import Authenticate
from chalicelib.services.manage_keys import ManageKeys
from tests.fakes.accounts import InMemoryAccountLimits, InMemoryApiKeys
from tests.fakes.clock import FakeClock
from tests.fakes.identifiers import FakeIdentifiers

pytestmark = pytest.mark.promise("R12")


class Office:
    """Where keys are made and shown."""

    def __init__(self) -> None:
        self.keys, self.limits, self.clock = InMemoryApiKeys(), InMemoryAccountLimits(), FakeClock()
        self.authenticate = Authenticate(self.keys, self.limits)
        self.manage = ManageKeys(self.keys, self.clock, FakeIdentifiers())

    def make(self, account="alice", *scopes):
        return self.manage.make(account, "a laptop", scopes or (Scope.READ,))


def secret_of(made):
    parts = parse_key(made.text)
    assert parts is not None
    assert parts[0] == made.key.key_id
    return parts[1]


@pytest.fixture
def office():
    return Office()


def test_a_key_tells_its_account_its_scopes_and_the_accounts_limits(office):
    made = office.make("alice", Scope.ADMIN)
    office.limits.write("alice", '{"open":1}', seen="")
    caller = office.authenticate.caller(made.text)
    assert caller == Caller("alice", frozenset({Scope.ADMIN}), made.key.key_id, '{"open":1}')


def test_who_may_trade_may_read_but_is_no_admin(office):
    assert office.make("alice", Scope.TRADE).key.scopes == {Scope.TRADE, Scope.READ}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text.replace("oee_", "oee_f", 1)[:16] + text[16:],
        lambda text: text.swapcase(),
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text.split("_", 2)[2],
        lambda _text: "",
    ],
)  # fmt: skip
def test_what_is_not_exactly_a_key_is_nobodys(office, spoil):
    with pytest.raises(NotAuthenticated):
        office.authenticate.caller(spoil(office.make().text))


@pytest.mark.parametrize(
    "text", ["", "oee_", "oee_0123456789ab_short", "KEY#0123456789ab", "x" * 10_000, "é" * 60]
)
def test_what_has_not_the_form_of_a_key_never_reaches_the_table(office, text):
    with pytest.raises(NotAuthenticated):
        office.authenticate.caller(text)
    assert office.keys.calls == []


def test_a_revoked_key_is_nobodys_and_the_accounts_other_keys_serve_on(office):
    lost, kept = office.make(), office.make()
    office.clock.advance(1_000)
    revoked = office.manage.revoke(lost.key.key_id)
    assert revoked.revoked_at == office.clock.now()
    with pytest.raises(NotAuthenticated):
        office.authenticate.caller(lost.text)
    assert office.authenticate.caller(kept.text).account == "alice"


def test_one_keys_secret_does_not_open_another(office):
    alices, bobs = office.make("alice"), office.make("bob")
    mixed = format_key(bobs.key.key_id, secret_of(alices))
    with pytest.raises(NotAuthenticated):
        office.authenticate.caller(mixed)


def test_of_a_key_only_a_digest_is_kept(office):
    made = office.make()
    assert secret_of(made) not in repr(office.keys.find(made.key.key_id))


def test_a_table_that_does_not_answer_says_nothing_about_a_key(office):
    made = office.make()

    def interrupt(method, moment):
        raise StorageUnavailable("it does not answer")

    office.keys.interrupt = interrupt
    with pytest.raises(StorageUnavailable):
        office.authenticate.caller(made.text)


def test_a_key_that_was_never_made_can_not_be_revoked(office):
    with pytest.raises(ApiKeyNotFound):
        office.manage.revoke("0123456789ab")


def test_keys_are_listed_by_account(office):
    for account in ("alice", "bob"):
        office.make(account)
    assert [key.account for key in office.manage.made_for(None)] == ["alice", "bob"]
    assert [key.account for key in office.manage.made_for("bob")] == ["bob"]


@pytest.mark.parametrize(
    ("text", "account", "name"),
    [
        ("alice", True, True),
        ("desk-7.eu_west", True, True),
        ("Alice's laptop", False, True),
        ("", False, False),
        (" alice", False, False),
        ("alice\n", False, False),
        ("a" * 64, True, True),
        ("a" * 65, False, False),
        ("#alice", False, True),
        ("a\x00b", False, False),
    ],
)
def test_what_may_name_an_account_and_a_key(text, account, name):
    assert (is_account(text), is_name(text)) == (account, name)
