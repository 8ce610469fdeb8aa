"""DynamoDB in memory: tables with their indexes, the language of expressions, streams and what reads them."""
