"""The stages that can be deployed, and the name by which their stacks begin."""

from chalicelib.config import PRODUCTION

NAME = "order-execution"
STAGES = ("dev", PRODUCTION)
