"""The order flow, as code that one reads from top to bottom, and that goes on after a power cut."""

from aws_durable_execution_sdk_python import StepError, durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from desk import AnswerLost, CourierBusy, do

AGAIN = StepConfig(
    retry_strategy=create_retry_strategy(
        RetryStrategyConfig(
            max_attempts=6,
            initial_delay=Duration.from_seconds(2),
            backoff_rate=1,
            retryable_error_types=[CourierBusy, AnswerLost],
        )
    )
)


@durable_execution
def handler(event, context):
    """The event: {"order": 7, "cents": 2500}."""

    def step(name):
        return context.step(lambda _: do(name, event, key=event["order"]), name=name, config=AGAIN)

    step("reserve")
    try:
        step("charge")
    except StepError:
        step("release")
        return {"order": event["order"], "status": "cancelled"}
    try:
        step("book")
    except StepError:
        step("refund")
        step("release")
        return {"order": event["order"], "status": "cancelled"}
    return {"order": event["order"], "status": "shipped"}
