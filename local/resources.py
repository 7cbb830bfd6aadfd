"""Makes the template's tables, buckets and keys in the local engine; what is there already stays as it is."""

from typing import Any

import boto3

from local.template import Bucket, Stack, Table


def ensure(stack: Stack) -> None:
    dynamodb, kms, s3 = boto3.client("dynamodb"), boto3.client("kms"), boto3.client("s3")
    for table in stack.tables:
        ensure_table(dynamodb, table)
    for bucket in stack.buckets:
        ensure_bucket(s3, bucket)
    for alias in stack.keys:
        ensure_key(kms, alias)


def ensure_table(dynamodb: Any, table: Table) -> None:
    try:
        dynamodb.create_table(**table.create)
    except dynamodb.exceptions.ResourceInUseException:
        _add_indexes(dynamodb, table)
    dynamodb.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    if table.ttl and dynamodb.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
        dynamodb.update_time_to_live(TableName=table.name, TimeToLiveSpecification={"AttributeName": table.ttl, "Enabled": True})


def _add_indexes(dynamodb: Any, table: Table) -> None:
    """CloudFormation adds an index that the template gained; so does a second start."""
    present = {index["IndexName"] for index in dynamodb.describe_table(TableName=table.name)["Table"].get("GlobalSecondaryIndexes", [])}
    for index in table.create.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in present:
            dynamodb.update_table(
                TableName=table.name,
                AttributeDefinitions=table.create["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def ensure_bucket(s3: Any, bucket: Bucket) -> None:
    if bucket.name not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket.name)
    if bucket.versioned and s3.get_bucket_versioning(Bucket=bucket.name).get("Status") != "Enabled":
        s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})


def ensure_key(kms: Any, alias: str) -> None:
    """A key under its alias; a start cut short between the two leaves a key that nothing was ever sealed with."""
    try:
        kms.describe_key(KeyId=alias)
    except kms.exceptions.NotFoundException:
        kms.create_alias(AliasName=alias, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
