"""API Gateway's part in who may call, which Chalice's local gateway plays otherwise."""

from typing import Any

from chalice.local import ForbiddenError, LocalGatewayAuthorizer, NotAuthorizedError

import app as entry
from chalicelib.api.auth import context_of
from chalicelib.api.problems import BY_GATEWAY, Problem
from chalicelib.domain.access import Caller


class Gatekeeper(LocalGatewayAuthorizer):
    """Asks app.py's authorizer where keys are asked for; everybody is `caller` when there is one."""

    def __init__(self) -> None:
        super().__init__(entry.app)
        self.caller: Caller | None = None

    def authorize(self, raw_path: str, lambda_event: Any, lambda_context: Any) -> Any:
        if self.caller is not None:
            lambda_event["requestContext"]["authorizer"] = context_of(self.caller)
            return lambda_event, lambda_context
        if entry.engine.settings.is_open:
            return lambda_event, lambda_context
        try:
            return super().authorize(raw_path, lambda_event, lambda_context)
        except NotAuthorizedError:
            raise refused(BY_GATEWAY["UNAUTHORIZED"]) from None
        except ForbiddenError:
            raise refused(BY_GATEWAY["ACCESS_DENIED"]) from None


def refused(problem: Problem) -> NotAuthorizedError:
    return NotAuthorizedError(problem.headers(), problem.body().encode())
