"""How large a calculation would be, told before it starts."""

from dataclasses import dataclass
from math import comb
from pathlib import Path

import psutil

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
