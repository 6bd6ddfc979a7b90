"""The same tables on Apache Spark: executors read what landed, compute, and write; the driver plans and publishes.

`batch.process` is the way in. Everything here needs pyspark; nothing outside this folder does.
"""
