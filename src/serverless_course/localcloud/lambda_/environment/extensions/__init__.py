"""Extensions: processes beside the runtime, and threads in it, that take part in its life.

Sources of this folder: Lambda Developer Guide, "Using the Lambda Extensions API to create
extensions" and "Accessing real-time telemetry data for extensions using the Telemetry API" (read
2026-11); the words of refusals and the order of things from AWS's own runtime interface emulator
(github.com/aws/aws-lambda-runtime-interface-emulator, read 2026-11).
"""
