"""Show an account's limits and how much of them is used, and change its own limits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.limits import Limits, own_limits, read_limits
from chalicelib.domain.risk import Exposure
from chalicelib.domain.tokens import TokenList
from chalicelib.ports import AccountLimits, Clock, Exposures


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """An account's limits and exposure; `own` are its own limits as texts, by their settings' names."""

    own: Mapping[str, str]
    limits: Limits
    exposure: Exposure


class SetLimits:
    """Show and change accounts' own limits, for an operator; they override the limits of `settings`."""

    def __init__(
        self,
        account_limits: AccountLimits,
        exposures: Exposures,
        settings: Limits,
        tokens: TokenList,
        clock: Clock,
    ) -> None:
        self._account_limits = account_limits
        self._exposures = exposures
        self._settings = settings
        self._tokens = tokens
        self._clock = clock

    def read(self, account: str) -> AccountUsage:
        """Show an account. Raises UnsupportedSchemaVersion, StorageUnavailable."""
        return self._usage(account, self._account_limits.read(account))

    def change(self, account: str, changes: Mapping[str, str]) -> AccountUsage:
        """Change some of an account's own limits and return all; an empty text removes one.

        Raises
        ------
        ValueError
            A name is not that of a limit, or a text is not of its form: nothing was changed.
        VersionConflict
            Somebody else changed them at this moment.
        UnsupportedSchemaVersion
            Those that are stored can't be read, and are left as they are.
        StorageUnavailable
            Whether they were changed is unknown; doing it again is safe.
        """
        read_limits(changes, self._settings, self._tokens)
        seen = self._account_limits.read(account)
        own = {**self._usage(account, seen).own, **changes}
        kept = json.dumps({name: text for name, text in sorted(own.items()) if text}, separators=(",", ":"))
        if kept != seen:
            self._account_limits.write(account, kept, seen=seen)
        return self._usage(account, kept)

    def _usage(self, account: str, own: str) -> AccountUsage:
        limits = own_limits(own, self._settings, self._tokens)
        exposure = self._exposures.read(account).at(self._clock.now())
        return AccountUsage(json.loads(own or "{}"), limits, exposure)
