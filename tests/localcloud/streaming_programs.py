"""Functions that stream their responses: a bootstrap of our own in Python, and Node.js handlers.

What the bootstrap does is in the event, as an object or as the body of an HTTP request:
``parts`` (each a text, or a number of bytes), ``pause`` seconds between them, ``type``,
``prelude``, ``fail`` (the message of an error in the trailers), ``then`` (exit, sleep, cut).
"""

from __future__ import annotations

BOOTSTRAP = r"""#!/usr/bin/python3
import base64, http.client, json, os, socket, sys, time

BASE = "/2018-06-01/runtime/invocation"
ADDRESS = os.environ["AWS_LAMBDA_RUNTIME_API"]
api = http.client.HTTPConnection(ADDRESS)


def stream(request_id, event):
    host, port = ADDRESS.split(":")
    wire = socket.create_connection((host, int(port)))
    head = [f"POST {BASE}/{request_id}/response HTTP/1.1", f"Host: {ADDRESS}"]
    head += ["Lambda-Runtime-Function-Response-Mode: streaming", "Transfer-Encoding: chunked"]
    head += ["Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"]
    head += [f"Content-Type: {event.get('type', 'text/plain')}"]
    wire.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    parts = list(event.get("parts", []))
    if "prelude" in event:
        parts.insert(0, json.dumps(event["prelude"]) + "\0" * 8)
    for part in parts:
        size = part if isinstance(part, int) else None
        while size is None or size > 0:
            data = part.encode() if size is None else b"x" * min(size, 1 << 20)
            wire.sendall(b"%x\r\n%b\r\n" % (len(data), data))
            if size is None:
                break
            size -= len(data)
        time.sleep(event.get("pause", 0))
    then = event.get("then")
    if then == "exit":
        os._exit(3)
    if then == "sleep":
        time.sleep(60)
    if then == "cut":
        wire.close()
        return
    trailers = ""
    if "fail" in event:
        body = json.dumps({"errorType": "Custom", "errorMessage": event["fail"]}).encode()
        trailers = "Lambda-Runtime-Function-Error-Type: Custom\r\n"
        trailers += f"Lambda-Runtime-Function-Error-Body: {base64.b64encode(body).decode()}\r\n"
    wire.sendall(b"0\r\n" + trailers.encode() + b"\r\n")
    print("answered", wire.recv(65536).decode().splitlines()[0], flush=True)
    wire.close()


while True:
    api.request("GET", BASE + "/next")
    response = api.getresponse()
    event = json.loads(response.read())
    request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    if "body" in event:
        event = json.loads(event["body"])
    if event.get("whole"):
        path = f"{BASE}/{request_id}/response"
        api.request("POST", path, json.dumps(event), {"Content-Type": "application/json"})
        api.getresponse().read()
    elif event.get("error"):
        body = json.dumps({"errorType": "Custom", "errorMessage": event["error"]})
        headers = {"Lambda-Runtime-Function-Error-Type": "Custom"}
        api.request("POST", f"{BASE}/{request_id}/error", body, headers)
        api.getresponse().read()
    else:
        stream(request_id, event)
"""

NODE = r"""
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');

const sleep = (ms) => new Promise((go) => setTimeout(go, ms));

exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  const asked = event.body ? JSON.parse(event.body) : event;
  if (asked.do === 'early') throw new TypeError('before the first byte');
  if (asked.do === 'prelude') {
    const out = awslambda.HttpResponseStream.from(stream, asked.prelude);
    out.write('a body');
    out.end();
    return;
  }
  if (asked.do === 'pipeline') {
    await pipeline(Readable.from(['one ', 'two ', 'three']), stream);
    return;
  }
  stream.setContentType('text/plain');
  stream.write('first ');
  stream.write({ an: 'object' });
  if (asked.do === 'late') throw new TypeError('in the middle');
  if (asked.do === 'uncaught') setTimeout(() => { throw new RangeError('nobody caught me'); }, 10);
  if (asked.do === 'uncaught') await sleep(5000);
  if (asked.do === 'ended') { stream.end(); return 'a value'; }
  await sleep(300);
  try { stream.setContentType('text/html'); } catch (error) { stream.write(` ${error.name}`); }
  stream.write(` ${context.functionName}`);
  stream.end();
});
"""
