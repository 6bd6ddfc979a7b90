from hypothesis import given

from quantum_contracts import strategies, v1, v2
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import decode, encode


def test_the_own_version_is_the_result_itself(result: v2.VQEDecoratedResult) -> None:
    assert to_version(result, "v2") is result


def test_v1_leaves_out_what_only_v2_has(result: v2.VQEDecoratedResult) -> None:
    converted = to_version(result, "v1")
    assert type(converted) is v1.VQEDecoratedResult
    assert type(converted.vqe_result.iteration_list[0]) is v1.VQEProcess
    assert converted.vqe_result.iteration_list[0].model_dump().keys() == {"iteration", "parameters", "result", "std"}


@given(strategies.latest_results())
def test_a_converted_result_is_encoded_as_the_original_is_for_that_version(result: v2.VQEDecoratedResult) -> None:
    converted = to_version(result, "v1")
    assert encode(converted) == encode(result, "v1")
    assert to_version(decode(encode(converted), "v1"), "v1") == converted
