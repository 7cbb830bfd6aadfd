"""DynamoDB and S3 on one machine, durable and behind this machine's own key; the tools' environment runs it, without the plane."""
