from tests.quantum_ingestion.support_connect import TRACE

from quantum_ingestion.connector_status import ConnectorStatus, first_line

WORKER = "10.0.0.1:8083"


def status(state: str, *tasks: str, trace: str | None = None) -> ConnectorStatus:
    return ConnectorStatus.parse(
        {
            "name": "minio-sink",
            "connector": {"state": state, "worker_id": WORKER} | ({"trace": trace} if trace else {}),
            "tasks": [
                {"id": number, "state": task, "worker_id": WORKER} | ({"trace": TRACE} if task == "FAILED" else {})
                for number, task in enumerate(tasks)
            ],
        }
    )


def test_it_runs_when_all_of_it_runs() -> None:
    assert status("RUNNING", "RUNNING", "RUNNING").runs
    assert not status("RUNNING").runs
    assert not status("RUNNING", "RUNNING", "UNASSIGNED").runs
    assert not status("FAILED", "RUNNING").runs


def test_a_failed_task_is_told_by_its_traces_first_line_and_cause() -> None:
    assert status("RUNNING", "RUNNING", "FAILED").failures == [
        "task 1 failed: org.apache.kafka.connect.errors.ConnectException: the store refuses PutObject; "
        "caused by: software.amazon.awssdk.services.s3.model.S3Exception: Access Denied"
    ]


def test_a_failed_connector_is_told() -> None:
    assert status("FAILED", trace="Boom: x\n\tat y").failures == ["connector minio-sink failed: Boom: x"]
    assert status("FAILED").failures == ["connector minio-sink failed: no trace"]


def test_the_first_cause_counts() -> None:
    assert first_line("A\n\tat b\nCaused by: C\n\tat d\nCaused by: E: f\n") == "A; caused by: C"
    assert first_line("\n A \n") == "A"
    assert first_line("") is None
    assert first_line(None) is None
