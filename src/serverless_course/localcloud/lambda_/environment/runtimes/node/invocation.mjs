// The context object, and the callbacks of Node.js 22 and before.

export function makeContext(headers, environ = process.env) {
  const deadline = Number.parseInt(headers['lambda-runtime-deadline-ms'], 10);
  return {
    functionName: environ.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environ.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environ.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environ.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environ.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parsed(headers['lambda-runtime-client-context']),
    identity: parsed(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/**
 * The callback, and the context with succeed, fail and done. Only the first of them counts.
 * `turn` has succeed(result), fail(error), and whenIdle(action): do it when nothing is left to do.
 */
export function withCallbacks(context, turn) {
  let waitsForIdle = true;
  let finished = false;
  const once = (action) => (...given) => {
    if (finished) return;
    finished = true;
    turn.whenIdle(() => {});
    action(...given);
  };
  const isError = (error) => error !== undefined && error !== null;
  const done = (error, result) => (isError(error) ? turn.fail(error) : turn.succeed(result));
  const callback = once((error, result) => {
    if (isError(error) || !waitsForIdle) done(error, result);
    else turn.whenIdle(() => turn.succeed(result));
  });
  const fullContext = {
    ...context,
    get callbackWaitsForEmptyEventLoop() { return waitsForIdle; },
    set callbackWaitsForEmptyEventLoop(value) { waitsForIdle = value; },
    succeed: once((result) => done(null, result)),
    fail: once((error) => done(isError(error) ? error : 'handled')),
    done: once(done),
  };
  return { callback, fullContext };
}

function parsed(text) {
  return text ? JSON.parse(text) : undefined;
}
