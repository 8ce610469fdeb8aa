"""The table of API keys: hashes only."""

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import attribute_values, to_item
from paystream.model.api_key import ApiKey


class DynamoApiKeys:
    """Implements the port `ApiKeys`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.api_keys

    def add(self, key: ApiKey) -> None:
        self._database.client.put_item(TableName=self._table, Item=to_item(key))

    def exists(self, organization_id: str, key_hash: str) -> bool:
        key = attribute_values({"organization_id": organization_id, "key_hash": key_hash})
        return "Item" in self._database.client.get_item(TableName=self._table, Key=key, ProjectionExpression="key_hash")
