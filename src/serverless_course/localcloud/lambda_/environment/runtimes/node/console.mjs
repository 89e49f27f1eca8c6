// console.log and its kin, in AWS's formats: "ISO time, request id, level, message", or JSON.
// A message goes out as one frame, so that its lines stay one log event.
import fs from 'node:fs';
import { format } from 'node:util';
import { forLog } from './errors.mjs';

export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const FRAME_TEXT = 0xa55a0003;
const FRAME_JSON = 0xa55a0002;
const LEVEL_BITS = 2;

// Kept on the global object: AWS's own client keeps it there too, and tools look for it.
const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');

export function setRequestId(requestId) {
  globalThis[REQUEST_ID] = requestId;
}

/** Log an error that ended an invocation, or the process. */
export let logError = () => {};

export function patchConsole(environ = process.env) {
  const asJson = environ.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  const write = writer(environ, asJson);
  const lowest = Math.max(0, LEVELS.indexOf(environ.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()));
  const at = (level) => (LEVELS.indexOf(level) < lowest
    ? () => {}
    : (...parts) => write(level, (asJson ? jsonLine : textLine)(level, parts)));
  console.trace = at('TRACE');
  console.debug = at('DEBUG');
  console.log = console.info = at('INFO');
  console.warn = at('WARN');
  console.error = at('ERROR');
  console.fatal = at('FATAL');
  logError = asJson
    ? (_, error) => console.error(error)
    : (message, error) => console.error(message, forLog(error));
}

export function textLine(level, parts, now = new Date()) {
  return `${now.toISOString()}\t${globalThis[REQUEST_ID]}\t${level}\t${format(...parts)}`;
}

export function jsonLine(level, parts, now = new Date()) {
  const line = { timestamp: now.toISOString(), level, requestId: globalThis[REQUEST_ID] };
  if (parts.length !== 1) {
    const error = parts.find((part) => part instanceof Error);
    return JSON.stringify({ ...line, message: format(...parts), ...(error && forJson(error)) });
  }
  try {
    const show = (_, value) => (value instanceof Error ? { ...forJson(value), ...value } : value);
    return JSON.stringify({ ...line, message: parts[0] }, show);
  } catch {
    return JSON.stringify({ ...line, message: format(parts[0]) });
  }
}

function forJson(error) {
  return {
    errorType: error.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: String(error.stack).split('\n'),
  };
}

function writer(environ, asJson) {
  const descriptor = Number.parseInt(environ._LAMBDA_TELEMETRY_LOG_FD, 10);
  delete environ._LAMBDA_TELEMETRY_LOG_FD;
  if (Number.isNaN(descriptor)) {
    return (_, line) => process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
  }
  return (level, line) => {
    const text = Buffer.from(asJson ? line : `${line}\n`);
    const frame = Buffer.alloc(16);
    const bits = (LEVELS.indexOf(level) + 1) << LEVEL_BITS;
    frame.writeUInt32BE(((asJson ? FRAME_JSON : FRAME_TEXT) | bits) >>> 0, 0);
    frame.writeUInt32BE(text.length, 4);
    frame.writeBigInt64BE(BigInt(Date.now()) * 1000n, 8);
    writeAll(descriptor, Buffer.concat([frame, text]));
  };
}

// Node.js makes its output pipe one that does not wait, and this is the same pipe.
const nothing = new Int32Array(new SharedArrayBuffer(4));

function writeAll(descriptor, bytes) {
  for (let done = 0; done < bytes.length;) {
    try {
      done += fs.writeSync(descriptor, bytes, done);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(nothing, 0, 0, 1);
    }
  }
}
