"""DynamoDB: tenancy's memory; the only room that imports pynamodb."""
