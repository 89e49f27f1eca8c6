// Streamed responses: awslambda, the stream that a handler writes to, and how it ends.
// As github.com/aws/aws-lambda-nodejs-runtime-interface-client does it (read 2026-11).
import http from 'node:http';

import { describe, named } from './errors.mjs';

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const HIGH_WATER_MARK = Symbol.for('aws.lambda.runtime.handler.streaming.highWaterMark');
const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';
const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';
const DELIMITER_LENGTH = 8;
// What of the request's own stream a handler sees.
const METHODS = [
  'cork', 'destroy', 'end', 'uncork', 'addListener', 'emit', 'eventNames', 'getMaxListeners',
  'listenerCount', 'listeners', 'off', 'on', 'once', 'prependListener', 'prependOnceListener',
  'rawListeners', 'removeAllListeners', 'removeListener', 'setMaxListeners',
];
const WRITABLE = ['destroyed', 'writable'];
const READ_ONLY = [
  'writableFinished', 'writableObjectMode', 'writableBuffer', 'writableEnded', 'writableNeedDrain',
  'writableHighWaterMark', 'writableCorked', 'writableLength',
];

class HttpResponseStream {
  /** The same stream, which begins with a prelude: status, headers and cookies, as JSON. */
  static from(underlyingStream, prelude) {
    underlyingStream.setContentType(PRELUDE_TYPE);
    const text = JSON.stringify(prelude);
    underlyingStream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(DELIMITER_LENGTH));
    };
    return underlyingStream;
  }
}

/** What a function finds in the global `awslambda`. */
export const awslambda = {
  streamifyResponse(handler, options) {
    handler[STREAMING] = 'response';
    if (typeof options?.highWaterMark === 'number') {
      handler[HIGH_WATER_MARK] = Number.parseInt(options.highWaterMark, 10);
    }
    return handler;
  },
  HttpResponseStream,
};

/** Whether a handler streams. Throws for a mark that is none of AWS's. */
export function isStreaming(handler) {
  const mark = handler[STREAMING];
  if (mark !== undefined && mark !== 'response') {
    throw named('Runtime.MalformedStreamingHandler', 'Only response streaming is supported.');
  }
  return mark === 'response';
}

/** The response to one event: `stream` for the handler, `answered` when the Runtime API has it. */
export class StreamedResponse {
  constructor(place, path, handler) {
    const highWaterMark = handler[HIGH_WATER_MARK];
    const agent = new http.Agent({ keepAlive: false, highWaterMark });
    this.request = http.request({
      ...place,
      agent,
      method: 'POST',
      path,
      headers: {
        'Lambda-Runtime-Function-Response-Mode': 'streaming',
        Trailer: [ERROR_TYPE, ERROR_BODY],
        'Content-Type': 'application/octet-stream',
      },
    });
    this.answered = new Promise((resolve, reject) => {
      this.request.on('response', (response) => {
        response.resume();
        response.on('end', resolve);
        response.on('error', reject);
      });
      this.request.on('error', reject);
    });
    // Who awaits it is told; while nobody does, a failure is no unhandled rejection.
    this.answered.catch(() => {});
    this.hasWritten = false;
    this.stream = this.makeStream();
  }

  /** The stream ends here, with an error in the trailers. */
  fail(error) {
    const described = describe(error);
    if (!this.request.writableEnded) {
      this.request.addTrailers({
        [ERROR_TYPE]: String(described.errorType).replace(/[^\x20-\x7e]/g, '?'),
        [ERROR_BODY]: Buffer.from(JSON.stringify(described)).toString('base64'),
      });
      this.request.end();
    }
    return this.answered.catch(() => {});
  }

  makeStream() {
    const { request } = this;
    const stream = {};
    for (const name of METHODS) stream[name] = request[name].bind(request);
    for (const name of [...WRITABLE, ...READ_ONLY]) {
      const set = WRITABLE.includes(name) ? (value) => { request[name] = value; } : undefined;
      Object.defineProperty(stream, name, { get: () => request[name], set });
    }
    stream.setContentType = (contentType) => {
      if (this.hasWritten) {
        throw named('InvalidStreamingOperation', 'Cannot set content-type, too late.');
      }
      request.setHeader('Content-Type', contentType);
    };
    stream.write = (chunk, encoding, callback) => {
      const isRaw = typeof chunk === 'string' || Buffer.isBuffer(chunk)
        || chunk?.constructor === Uint8Array;
      if (!this.hasWritten && typeof stream._onBeforeFirstWrite === 'function') {
        stream._onBeforeFirstWrite((part) => request.write(part));
      }
      const goesOn = request.write(isRaw ? chunk : JSON.stringify(chunk), encoding, callback);
      this.hasWritten = true;
      return goesOn;
    };
    // What end() is given is written by the request itself, as on AWS: without the prelude.
    return stream;
  }
}
