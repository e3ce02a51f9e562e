"""The curve BLS12-381, as py-ecc has it, loaded without its side effect: for ``npd1.beacon`` alone.

py-ecc lifts Python's limit of nested calls for the whole process. Deeply nested JSON from outside would then end the process and
not just its own reading, so the limit is put back at once; nothing that is used here nests deeply.
"""

import sys

_limit = sys.getrecursionlimit()

from py_ecc.bls.hash_to_curve import hash_to_G1  # noqa: E402
from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2  # noqa: E402
from py_ecc.fields import optimized_bls12_381_FQ12 as Target  # noqa: E402
from py_ecc.optimized_bls12_381 import G2, curve_order, final_exponentiate, is_inf, multiply, neg, pairing  # noqa: E402

sys.setrecursionlimit(_limit)

__all__ = [
    "G2", "Target", "compress_G1", "compress_G2", "curve_order", "decompress_G1", "decompress_G2", "final_exponentiate",
    "hash_to_G1", "is_inf", "multiply", "neg", "pairing",
]  # fmt: skip
