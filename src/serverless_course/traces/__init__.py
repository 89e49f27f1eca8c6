"""What AWS tells of a request, made readable: traces, service maps, environments, latencies.

Pure: it takes what boto3 returned, imports nothing of the course, and asks nobody anything.
"""
