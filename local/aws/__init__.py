"""DynamoDB and S3 on one machine, durable and behind this machine's own key; runs in the tools' environment and imports nothing of the plane."""
