"""From landing files to feature tables: nine Iceberg tables, defined once, published batch by batch.

Imports `quantum_contracts` and nothing else of ours. `batch.process` is the way in, `query` and `catalog` the way out.
"""
