"""Chemical elements, as far as validation needs them: a symbol's atomic number."""

from collections.abc import Sequence

SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts "
    "Og"
).split()
ATOMIC_NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS, start=1)}


def electron_count(symbols: Sequence[str], charge: int) -> int | None:
    """The number of electrons, or None where a symbol is not an element (a ghost atom, a label of another program)."""
    if any(symbol not in ATOMIC_NUMBER for symbol in symbols):
        return None
    return sum(ATOMIC_NUMBER[symbol] for symbol in symbols) - charge
