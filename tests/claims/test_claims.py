"""Every model of the zoo does what its source says, with its default method and time step."""

import brainpy.math as bm
import pytest

from claims.base import all_claims, value
from ratezoo.model import RateModel
from ratezoo.models import zoo

CLAIMS = all_claims()


# The quick tests measure one number of each model: the first that is quick to measure.
QUICK = {c.model: c for c in reversed(CLAIMS) if not c.slow}


@pytest.fixture
def settings(monkeypatch):
    """'Δt' and the names of methods that a claim chose although they are not the default of its model."""
    chosen, init = set(), RateModel.__init__

    def recording(self, *args, method='euler', dt=None, **options):
        if dt not in (None, bm.get_dt()):
            chosen.add('Δt')
        argument = type(self)._signature().parameters.get('method')
        if argument is not None and argument.default not in (None, method):  # None: that of another model
            chosen.add(method)
        init(self, *args, method=method, dt=dt, **options)

    monkeypatch.setattr(RateModel, '__init__', recording)
    return chosen


@pytest.mark.parametrize(
    'claim',
    [
        pytest.param(c, marks=() if QUICK.get(c.model) is c else pytest.mark.slow, id=f'{c.model}: {c.what}')
        for c in CLAIMS
    ],
)
def test_what_is_published_is_measured(claim, settings):
    assert float(claim.measure()) == pytest.approx(value(claim), abs=claim.tolerance)
    unsaid = {word for word in settings if word.lower() not in claim.what.lower()}
    assert not unsaid, f'{claim.model}: a row of docs/published.md holds for the defaults, or says what was chosen'


def test_every_model_has_a_claim():
    assert set(zoo) == {c.model for c in CLAIMS}


def test_a_claim_stands_in_the_file_that_is_named_like_the_file_of_its_model():
    files = {c.model: c.measure.__module__.rpartition('.')[2] for c in CLAIMS}
    assert files == {name: zoo.entry(name).module.rpartition('.')[2] for name in zoo}
