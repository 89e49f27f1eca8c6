"""The embedded cloud: a server process on loopback that speaks AWS's wire protocols.

Nothing outside this package imports it. It is started as a command,
``python -m serverless_course.localcloud``, and used through boto3.
"""
