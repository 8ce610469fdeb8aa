"""Logs and metrics of all functions.

Constant messages with keyword fields; never an event, a secret, an e-mail or an answer of Stripe's.
"""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(service="paystream")
metrics = Metrics(namespace="Paystream", service="paystream")


def count(name: str, number: int = 1) -> None:
    """Count something that alarms and dashboards can look at."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
