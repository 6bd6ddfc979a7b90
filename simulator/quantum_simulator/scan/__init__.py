"""Scans: one molecule along a bond length, an angle or a dihedral, each point started from its neighbour."""
