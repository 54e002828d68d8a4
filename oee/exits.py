"""The exit codes of `oee`, which tell a script the outcome of its order."""

from oee.errors import Ambiguous, Declined, Inapplicable, OeeError, Refused

DONE = 0
UNREAD = 1
GIVEN_WRONGLY = 2
DECLINED = 3
OUTCOMES = {"confirmed": DONE, "failed": 10, "expired": 11, "cancelled": 12}
REFUSED = 20
NO_ANSWER = 21
UNKNOWN = 22
INTERRUPTED = 130

MEANINGS = """\
exit codes:
   0  done; of a watched order: confirmed
   1  nobody reads the output; what was placed goes on
   2  the command was given wrongly
   3  you were asked whether to place it and did not say yes: nothing was placed
  10  the watched order failed
  11  the watched order expired
  12  the watched order was cancelled
  20  the API refused: nothing was placed or changed
  21  no answer that can be used: nothing was placed, or what was placed can't be followed
  22  not known: the order may have been placed, amended or cancelled all the same
 130  interrupted; what was placed goes on
"""


def exit_code(error: OeeError) -> int:
    """Return the exit code for an error."""
    if error.leaves_unknown:
        return UNKNOWN
    if isinstance(error, Declined):
        return DECLINED
    if isinstance(error, Ambiguous | Inapplicable):
        return GIVEN_WRONGLY
    return REFUSED if isinstance(error, Refused) else NO_ANSWER
