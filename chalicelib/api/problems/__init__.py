"""Errors as clients see them: RFC 9457 problem+json, a stable code, a sentence that says what to do."""

from chalicelib.api.problems.catalogue import (
    AUTHENTICATION_REQUIRED,
    BY_ERROR,
    BY_STATUS,
    INTERNAL,
    SCOPE_MISSING,
)
from chalicelib.api.problems.gateway import BY_GATEWAY
from chalicelib.api.problems.problem import CONTENT_TYPE, OnProblem, Problem
from chalicelib.api.problems.translation import problem_of, problem_of_status, rate_headers

__all__ = [
    "AUTHENTICATION_REQUIRED",
    "BY_ERROR",
    "BY_GATEWAY",
    "BY_STATUS",
    "CONTENT_TYPE",
    "INTERNAL",
    "SCOPE_MISSING",
    "OnProblem",
    "Problem",
    "problem_of",
    "problem_of_status",
    "rate_headers",
]
