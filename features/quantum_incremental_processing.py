"""The job for spark-submit, under the name that the specification gives it."""

import sys

from quantum_features.spark.quantum_incremental_processing import main

if __name__ == "__main__":
    sys.exit(main())
