"""DynamoDB, S3 and a mailbox on one machine, behind its own key; the tools' environment runs it, without the plane."""
