"""Results as Kafka messages: security, the schema registry, keys, and a reader of the topics."""
