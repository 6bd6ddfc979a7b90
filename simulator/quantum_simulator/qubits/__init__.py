"""From the electronic problem to qubits: linear encodings of the occupation numbers."""
