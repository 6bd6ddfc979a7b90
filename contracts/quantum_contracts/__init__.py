"""The contracts between the components of quantum-pipeline.

Results (``v1``, ``v2``), their Avro encoding, the layout of the landing folders, and what every command does alike.
Other components import this package and nothing else of ours.
"""
