"""From Kafka to the object store: the connector applied and watched, dead letters, buckets and who may use them."""
