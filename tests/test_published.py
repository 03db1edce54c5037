"""Every model of the zoo does what its source says: the claims of docs/published.py."""

import importlib.util
from pathlib import Path

import pytest

from ratezoo.models import zoo


def load():
    path = Path(__file__).parents[1] / 'docs' / 'published.py'
    spec = importlib.util.spec_from_file_location('published', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


published = load()


@pytest.mark.parametrize('claim', published.CLAIMS, ids=lambda c: f'{c.model}: {c.what}')
def test_what_is_published_is_measured(claim):
    assert float(claim.measure()) == pytest.approx(published.value(claim), abs=claim.tolerance)


def test_every_model_has_a_claim():
    assert set(zoo) == {c.model for c in published.CLAIMS}
