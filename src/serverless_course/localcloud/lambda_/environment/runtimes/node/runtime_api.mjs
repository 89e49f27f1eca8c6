// The Runtime API, version 2018-06-01, over one kept-alive connection.
import http from 'node:http';

import { causeOf } from './errors.mjs';
import { StreamedResponse } from './response_stream.mjs';

const BASE = '/2018-06-01/runtime';
// A longer cause does not go with the error; AWS's client has the same limit.
const MAX_CAUSE = 1024 * 1024;

export class RuntimeApi {
  constructor(address) {
    const [hostname, port] = address.split(':');
    this.place = { hostname, port: Number(port) };
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** The next event: its body as text, and its headers. */
  next() {
    return this.call('GET', '/invocation/next');
  }

  succeed(requestId, result) {
    return this.call('POST', `/invocation/${encodeURIComponent(requestId)}/response`, toJson(result));
  }

  /** The response to an event, which its handler writes bit by bit. */
  stream(requestId, handler) {
    const path = `${BASE}/invocation/${encodeURIComponent(requestId)}/response`;
    return new StreamedResponse(this.place, path, handler);
  }

  fail(requestId, described) {
    return this.postError(`/invocation/${encodeURIComponent(requestId)}/error`, described);
  }

  initError(described) {
    return this.postError('/init/error', described);
  }

  postError(path, described) {
    // A header is Latin-1 on the wire, and an error's name may hold anything.
    const type = String(described.errorType).replace(/[^\x20-\x7e]/g, '?');
    const cause = causeOf(described);
    return this.call('POST', path, toJson(described), {
      'Lambda-Runtime-Function-Error-Type': type,
      ...(cause.length > MAX_CAUSE ? {} : { 'Lambda-Runtime-Function-XRay-Error-Cause': cause }),
    });
  }

  call(method, path, body, more = {}) {
    const headers = { 'User-Agent': `aws-lambda-nodejs/${process.version}`, ...more };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    const options = { ...this.place, agent: this.agent, method, path: BASE + path, headers };
    return new Promise((resolve, reject) => {
      const request = http.request(options, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => resolve({
          body: Buffer.concat(parts).toString(), headers: response.headers,
        }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

function toJson(value) {
  try {
    return JSON.stringify(value === undefined ? null : value) ?? 'null';
  } catch {
    throw new Error('Unable to stringify response body');
  }
}
