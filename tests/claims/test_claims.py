"""Every model of the zoo does what its source says."""

import pytest

from claims.base import all_claims, value
from ratezoo.models import zoo

CLAIMS = all_claims()


# The quick tests measure one number of each model: the first that is quick to measure.
QUICK = {c.model: c for c in reversed(CLAIMS) if not c.slow}


@pytest.mark.parametrize(
    'claim',
    [
        pytest.param(c, marks=() if QUICK.get(c.model) is c else pytest.mark.slow, id=f'{c.model}: {c.what}')
        for c in CLAIMS
    ],
)
def test_what_is_published_is_measured(claim):
    assert float(claim.measure()) == pytest.approx(value(claim), abs=claim.tolerance)


def test_every_model_has_a_claim():
    assert set(zoo) == {c.model for c in CLAIMS}


def test_a_claim_stands_in_the_file_that_is_named_like_the_file_of_its_model():
    files = {c.model: c.measure.__module__.rpartition('.')[2] for c in CLAIMS}
    assert files == {name: zoo.entry(name).module.rpartition('.')[2] for name in zoo}
