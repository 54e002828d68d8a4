"""The items of sockets: those that are open, how many an account has, and the orders that each follows."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.adapters.dynamodb.schema import BinariesAttribute, TextsAttribute, WholeAttribute


class ConnectionItem(Model):
    """One open socket; `connected_at` is in milliseconds."""

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    account = UnicodeAttribute()
    connected_at = WholeAttribute()
    bound_to = UnicodeAttribute()
    follows_all = BooleanAttribute()
    ttl = WholeAttribute()


class SocketsItem(Model):
    """An account's open sockets, as they are counted.

    `opened` are 12 bytes each: what a digest of the connection id begins with, and when it opened (ms).
    `streams` are those that follow all orders, as `<connection id>@<ms>`. `sockets` was `opened` in that
    form: the next socket that opens removes it, and what it named isn't counted any more.
    """

    pk = UnicodeAttribute(hash_key=True)
    v = WholeAttribute()
    opened = BinariesAttribute()
    streams = TextsAttribute()
    sockets = TextsAttribute()
    ttl = WholeAttribute()


class SubscriptionItem(Model):
    """A socket that follows an order.

    `armed` holds a subscription's `backfill_due`; `arms` counts the requests for a backfill, so that each one
    is a change that the stream tells.
    """

    order_id = UnicodeAttribute(hash_key=True)
    connection_id = UnicodeAttribute(range_key=True)
    v = WholeAttribute()
    delivered = WholeAttribute()
    armed = BooleanAttribute()
    arms = WholeAttribute()
    connected_at = WholeAttribute()
    account_wide = BooleanAttribute(null=True)
    failed_pushes = WholeAttribute(null=True)
    ttl = WholeAttribute()
