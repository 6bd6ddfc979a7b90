import numpy as np
from pyscf import lib
from threadpoolctl import threadpool_info

from quantum_simulator.threads import single_thread


def test_every_pool_has_one_thread_inside_and_its_own_number_after() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    before = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
    with single_thread():
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
        assert lib.num_threads() == 1
    assert {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()} == before
