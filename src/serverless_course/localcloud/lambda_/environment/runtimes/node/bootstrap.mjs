// Starts a Node.js function: what /var/runtime/index.mjs is on AWS.
// Load the handler, then for ever: take an event, run the handler, post what it returns.
import { logError, patchConsole, setRequestId } from './console.mjs';
import { describe, nodeJsExit, unhandledRejection } from './errors.mjs';
import { loadHandler, refuseCallback } from './handler.mjs';
import { makeContext, withCallbacks } from './invocation.mjs';
import { isStreaming } from './response_stream.mjs';
import { RuntimeApi } from './runtime_api.mjs';

// From this version on a handler is an async function, and has no callback.
const FIRST_WITHOUT_CALLBACKS = 24;
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

export class Runtime {
  constructor(api, handler, major) {
    this.api = api;
    this.handler = handler;
    this.hasCallbacks = major < FIRST_WITHOUT_CALLBACKS;
    this.requestId = undefined;
    this.whenIdle = () => {};
  }

  /** Take the next event. Called anew, by `finish`, when its turn is over. */
  async takeEvent() {
    const { body, headers } = await this.api.next();
    const requestId = headers['lambda-runtime-aws-request-id'];
    this.requestId = requestId;
    setRequestId(requestId);
    process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] ?? '';
    const context = makeContext(headers);
    const turn = {
      succeed: (result) => this.finish(() => this.api.succeed(requestId, result)),
      fail: (error) => {
        logError('Invoke Error', error);
        this.finish(() => this.api.fail(requestId, describe(error)));
      },
      whenIdle: (action) => { this.whenIdle = action; },
    };
    if (isStreaming(this.handler)) await this.callStreaming(JSON.parse(body), context);
    else if (this.hasCallbacks) this.callOldStyle(JSON.parse(body), context, turn);
    else await this.callAsync(JSON.parse(body), context, turn);
  }

  /** Node.js 22 and before: a returned promise, the callback, or the context's methods decide. */
  callOldStyle(event, context, turn) {
    const { callback, fullContext } = withCallbacks(context, turn);
    const isAsync = this.handler.constructor.name === 'AsyncFunction';
    this.whenIdle = () => (isAsync ? turn.fail(nodeJsExit()) : turn.succeed(null));
    try {
      const result = this.handler(event, fullContext, callback);
      if (typeof result?.then === 'function') {
        result.then(fullContext.succeed, fullContext.fail);
      }
    } catch (error) {
      callback(error);
    }
  }

  /** Node.js 24 and later: what the handler returns, awaited, decides. */
  async callAsync(event, context, turn) {
    this.whenIdle = () => turn.fail(nodeJsExit());
    try {
      turn.succeed(await this.handler(event, context));
    } catch (error) {
      turn.fail(error);
    }
  }

  /** A handler that writes its response to a stream: over when the stream has ended. */
  async callStreaming(event, context) {
    const response = this.api.stream(context.awsRequestId, this.handler);
    let waitsForIdle = this.hasCallbacks;
    Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
      get: () => waitsForIdle,
      set: (value) => { waitsForIdle = value; },
      enumerable: true,
    });
    const fail = async (error) => {
      logError('Invoke Error', error);
      await response.fail(error);
      this.finish(() => {});
    };
    this.whenIdle = () => fail(nodeJsExit());
    try {
      const result = this.handler(event, response.stream, context);
      if (typeof result?.then !== 'function') {
        throw new Error('Streaming does not support non-async handlers.');
      }
      if (await result !== undefined) console.warn('Streaming handlers ignore return values.');
      await response.answered;
      if (!response.stream.writableFinished) throw new Error('Response stream is not finished.');
    } catch (error) {
      await fail(error);
      return;
    }
    if (waitsForIdle) this.whenIdle = () => this.finish(() => {});
    else this.finish(() => {});
  }

  finish(post) {
    this.whenIdle = () => {};
    setImmediate(async () => {
      try {
        await post();
      } catch (error) {
        await this.api.fail(this.requestId, describe(error));
      }
      this.requestId = undefined;
      await this.takeEvent();
    });
  }
}

async function main() {
  patchConsole();
  const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
  const major = Number(process.versions.node.split('.')[0]);
  let runtime;
  const end = async (error, status) => {
    const requestId = runtime?.requestId;
    const described = describe(error);
    await (requestId ? api.fail(requestId, described) : api.initError(described));
    process.exit(status);
  };
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    end(error, EXIT_UNCAUGHT_EXCEPTION);
  });
  process.on('unhandledRejection', (reason, promise) => {
    const error = unhandledRejection(reason, promise);
    logError('Unhandled Promise Rejection', error);
    end(error, EXIT_UNHANDLED_REJECTION);
  });
  process.on('beforeExit', () => runtime?.whenIdle());
  try {
    const handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
    refuseCallback(handler, major);
    runtime = new Runtime(api, handler, major);
  } catch (error) {
    logError('Uncaught Exception', error);
    await end(error, EXIT_UNCAUGHT_EXCEPTION);
  }
  await runtime.takeEvent();
}

// The tests import this file's parts; an environment runs it.
if (process.env.AWS_LAMBDA_RUNTIME_API) await main();
