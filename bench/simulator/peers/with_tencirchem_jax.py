"""TenCirChem-ng compiled by JAX: quicker evaluations after a compilation of seconds for each molecule."""

from tencirchem import set_backend

from simulator.peer import serve
from simulator.peers.with_tencirchem import TenCirChem

if __name__ == "__main__":
    set_backend("jax")
    serve(TenCirChem, ["tencirchem-ng", "tensorcircuit-ng", "jax"])
