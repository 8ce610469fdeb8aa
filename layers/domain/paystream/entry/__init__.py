"""The edge: events of API Gateway, streams and queues become calls of use cases, and results become answers."""
