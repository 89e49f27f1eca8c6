"""middy and Powertools for AWS Lambda (TypeScript), unmodified from npm, on Node.js runtimes.

The deployment package has no AWS SDK: Powertools find the runtime's, as on AWS.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest
from more_nodes import CAN, cloud_with_nodes
from running_cloud import TRUST, RunningCloud, wait_for

POWERTOOLS = "2.35.0"
PARTS = ("logger", "tracer", "metrics", "idempotency", "batch", "parameters")
PACKAGES = (
    *(f"@middy/{name}@6.4.5" for name in ("core", "http-error-handler", "http-json-body-parser")),
    *(f"@aws-lambda-powertools/{name}@{POWERTOOLS}" for name in PARTS),
)
CODE = {".js", ".cjs", ".mjs", ".json"}
SOURCE = """
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { makeIdempotent, IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { getParameter } from '@aws-lambda-powertools/parameters/ssm';

const logger = new Logger({ serviceName: 'shop' });
const tracer = new Tracer({ serviceName: 'shop' });
const metrics = new Metrics({ namespace: 'ShopJs', serviceName: 'shop' });
const batch = new BatchProcessor(EventType.SQS);
let calls = 0;
const once = makeIdempotent(async () => ({ calls: ++calls }), {
  persistenceStore: new DynamoDBPersistenceLayer({ tableName: process.env.TABLE }),
  config: new IdempotencyConfig({ eventKeyJmesPath: 'key' }),
});
const web = middy()
  .use(httpJsonBodyParser())
  .use(httpErrorHandler({ logger: false }))
  .handler(async (event) => ({ statusCode: 200, body: JSON.stringify(event.body.item) }));
const work = async (event, context) => {
  if ('body' in event) return web(event, context);
  if ('Records' in event) {
    const each = async ({ body }) => { if (body === 'bad') throw new Error('bad'); };
    return processPartialResponse(event, each, batch, { context });
  }
  if ('key' in event) return once(event, context);
  metrics.addMetric('Orders', MetricUnit.Count, 3);
  logger.info('an order', { order: 7 });
  return getParameter(process.env.PARAMETER);
};
export const handler = middy(work)
  .use(captureLambdaHandler(tracer))
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics, { captureColdStartMetric: true }));
"""
pytestmark = [
    pytest.mark.soak,
    pytest.mark.long,
    pytest.mark.skipif(not CAN, reason="npm and Linux on x86_64"),
]


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with cloud_with_nodes() as found:
        found.client("ssm").put_parameter(Name="/shop/rate", Value="0.07", Type="String")
        found.client("dynamodb").create_table(
            TableName="once",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield found


@pytest.fixture(scope="module")
def role(cloud: RunningCloud) -> str:
    iam = cloud.client("iam")
    made = iam.create_role(RoleName="javascript-libraries", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(
        RoleName="javascript-libraries", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    return str(made["Role"]["Arn"])


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of npm's packages, by their names in a deployment package."""
    folder = tmp_path_factory.mktemp("libraries")
    options = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=peer")
    command = ("npm", "install", *options, "--prefix", str(folder), *PACKAGES)
    subprocess.run(command, check=True, timeout=300)
    found = {
        str(path.relative_to(folder)): path.read_text()
        for path in (folder / "node_modules").rglob("*")
        if path.suffix in CODE and path.is_file()
    }
    assert not [name for name in found if name.startswith("node_modules/@aws-sdk/client-")]
    return found


@pytest.mark.parametrize("runtime", ["nodejs20.x", "nodejs22.x", "nodejs24.x"])
def test_middy_and_powertools(
    cloud: RunningCloud, modules: dict[str, str], role: str, runtime: str
) -> None:
    name = cloud.create_from(
        {**modules, "index.mjs": SOURCE},
        Runtime=runtime,
        Role=role,
        MemorySize=512,
        Timeout=30,
        Environment={"Variables": {"TABLE": "once", "PARAMETER": "/shop/rate"}},
        TracingConfig={"Mode": "Active"},
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
    )
    first = cloud.call(name, {})
    assert (first.error, first.payload) == ("", "0.07"), first.log
    lines = [json.loads(line) for line in first.log.splitlines() if line.startswith("{")]
    (told,) = [each for each in lines if each.get("message") == "an order"]
    assert (told["order"], told["function_request_id"]) == (7, first.request_id)
    assert told["cold_start"] is True
    (emf,) = [each for each in lines if "Orders" in each]
    assert emf["Orders"] in (3, [3])
    found = cloud.client("cloudwatch").list_metrics
    wait_for(lambda: found(Namespace="ShopJs", MetricName="Orders")["Metrics"])
    key = {"key": runtime}
    assert [cloud.call(name, key).payload for _ in range(2)] == [{"calls": 1}] * 2
    records = [{"messageId": body, "body": body, "attributes": {}} for body in ("good", "bad")]
    answer = cloud.call(name, {"Records": records}).payload
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    request = {"headers": {"Content-Type": "application/json"}, "body": '{"item": 5}'}
    answer = cloud.call(name, request).payload
    assert (answer["statusCode"], answer["body"]) == (200, "5")
    refused = cloud.call(name, {**request, "body": "{"}).payload
    assert refused["statusCode"] == 415  # what middy says of a malformed body
