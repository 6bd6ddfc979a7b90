"""From a molecule to a VQE result: problem, qubit operator, ansatz, backend, optimisation, sink."""
