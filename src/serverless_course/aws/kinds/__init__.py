"""The types of resources that labs make, in the order of their deletion."""

from serverless_course.aws.kinds.apis import HTTP_API
from serverless_course.aws.kinds.balancers import LOAD_BALANCER, TARGET_GROUP
from serverless_course.aws.kinds.functions import FUNCTION, LAYER, LOG_GROUP, MAPPING
from serverless_course.aws.kinds.kind import Instance, Kind
from serverless_course.aws.kinds.machines import STATE_MACHINE
from serverless_course.aws.kinds.network import ADDRESS, VPC
from serverless_course.aws.kinds.operations import ALARM, EXPERIMENT
from serverless_course.aws.kinds.role import ROLE
from serverless_course.aws.kinds.schedules import PIPE, SCHEDULE, SCHEDULE_GROUP
from serverless_course.aws.kinds.stacks import STACK
from serverless_course.aws.kinds.stores import PARAMETER, QUEUE, SECRET, TABLE, TOPIC

__all__ = ["KINDS", "Instance", "Kind"]

# A stack deletes what it made. Load balancers, schedules, pipes and state machines call functions
# until they are deleted, and a target group is free when its load balancer is gone. A function
# may write to its log group until it is gone, and it needs its role until then.
KINDS: dict[str, Kind] = {
    "cloudformation:stack": STACK,
    "elasticloadbalancing:load-balancer": LOAD_BALANCER,
    "elasticloadbalancing:target-group": TARGET_GROUP,
    "scheduler:schedule": SCHEDULE,
    "scheduler:schedule-group": SCHEDULE_GROUP,
    "pipes:pipe": PIPE,
    "states:state-machine": STATE_MACHINE,
    "lambda:event-source-mapping": MAPPING,
    "lambda:function": FUNCTION,
    "lambda:layer": LAYER,
    "sqs:queue": QUEUE,
    "sns:topic": TOPIC,
    "cloudwatch:alarm": ALARM,
    "fis:experiment-template": EXPERIMENT,
    "secretsmanager:secret": SECRET,
    "ssm:parameter": PARAMETER,
    "dynamodb:table": TABLE,
    "apigateway:http-api": HTTP_API,
    "ec2:vpc": VPC,
    "ec2:elastic-ip": ADDRESS,
    "logs:log-group": LOG_GROUP,
    "iam:role": ROLE,
}
