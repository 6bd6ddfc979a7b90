import pytest
from pyspark.errors import PySparkException

from quantum_contracts.errors import QuantumPipelineError
from quantum_features.spark.failures import cause, told_in_one_line

OF_A_WORKER = """Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times
org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "decoding.py", line 12, in _take
quantum_contracts.errors.QuantumPipelineError: the store is away
"""
OF_JAVA = """An error occurred while calling o52.append.
: org.apache.spark.SparkException: Writing job aborted
\tat org.apache.spark.sql.X
Caused by: java.net.ConnectException: Connection refused
\tat java.base/java.net.Y
"""


def test_the_innermost_cause_is_told() -> None:
    assert cause(OF_A_WORKER) == "the store is away"
    assert cause(OF_JAVA) == "ConnectException: Connection refused"
    assert cause("\nsomething\nmore") == "something"


def test_a_failure_of_spark_is_one_line() -> None:
    message = "^Spark failed: ConnectException: Connection refused$"
    with pytest.raises(QuantumPipelineError, match=message), told_in_one_line():
        raise PySparkException(OF_JAVA)
