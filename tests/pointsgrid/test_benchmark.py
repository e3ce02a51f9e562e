"""The five ways of writing the CRS that the benchmark compares give equal totals (a small arm of it)."""

import numpy as np

from benchmarks.scoring import by_numpy, by_openfisca, by_pack, by_polars, by_python
from benchmarks.scoring.people import people

PEOPLE = 10_000


def test_the_pack_openfisca_and_three_grids_by_hand_give_equal_totals() -> None:
    everybody = people(PEOPLE, seed=10)
    pack = by_pack.total(everybody.lazy()).collect()["total"].to_numpy()

    assert np.array_equal(pack, by_polars.total(everybody.lazy()).collect()["total"].to_numpy())
    assert np.array_equal(pack, by_numpy.total(by_numpy.arrays(everybody)))
    assert np.array_equal(pack, by_openfisca.totals(by_openfisca.system(), by_numpy.arrays(everybody)))
    assert pack.tolist() == by_python.totals(everybody.to_dicts())
    assert 0 < pack.min() < pack.max() <= 1200


def test_the_same_seed_gives_the_same_people() -> None:
    assert people(1000, seed=3).equals(people(1000, seed=3))
