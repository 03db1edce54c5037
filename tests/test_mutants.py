"""tests/mutants.py: a wrong sign is noticed, a harmless change is reported, and the model is whole again afterwards."""

import importlib
import pkgutil

import claims
import mutants
import pytest
from claims.base import all_claims

import ratezoo
from ratezoo.models import zoo

WRONG = '- self.gamma * jnp.asarray'
HARMLESS = '/ self.n + 0.5'  # the tangent has the period π


def two_mutants(net):
    """One wrong sign and one change without effect."""
    return [next(m for m in mutants.mutants_of(net) if end in m.change.split('→')[1]) for end in (WRONG, HARMLESS)]


@pytest.mark.slow
def test_a_wrong_sign_is_noticed_and_a_harmless_change_survives(monkeypatch, capsys):
    chosen = two_mutants(ratezoo.Kuramoto())
    first = next(c for c in all_claims() if c.model == 'Kuramoto')
    monkeypatch.setattr(mutants, 'mutants_of', lambda net: chosen)
    monkeypatch.setattr(mutants, 'all_claims', lambda: [first])
    monkeypatch.setattr('sys.argv', ['mutants.py', '--claims-only', 'Kuramoto'])
    functions = {name: vars(ratezoo.Kuramoto)[name] for name in ('F', 'quantiles')}

    def report():
        with pytest.raises(SystemExit) as end:
            mutants.main()
        return end.value.code, capsys.readouterr().out.splitlines()

    status, (noticed, harmless, counts, *_) = report()
    assert noticed == f'  Kuramoto.{chosen[0].label}   noticed by {first.what}'
    assert harmless == f'  Kuramoto.{chosen[1].label}   equivalent: the tangent has the period π'
    assert (status, counts) == (False, 'Kuramoto: 2 mutants, 1 noticed, 1 equivalent, 0 survive')

    monkeypatch.setattr('claims.oscillator.EQUIVALENT', {})
    status, (*_, survivor, counts, _, _, _, _) = report()
    assert (status, survivor) == (True, f'  Kuramoto.{chosen[1].label}   SURVIVES')
    assert counts == 'Kuramoto: 2 mutants, 1 noticed, 0 equivalent, 1 survive'
    assert functions == {name: vars(ratezoo.Kuramoto)[name] for name in functions}


def test_what_is_called_equivalent_is_still_a_mutant():
    for file in pkgutil.iter_modules(claims.__path__):
        explained = getattr(importlib.import_module(f'claims.{file.name}'), 'EQUIVALENT', {})
        models = {label.partition('.')[0] for label in explained}
        known = {f'{model}.{m.label}' for model in models for m in mutants.mutants_of(zoo[model]())}
        assert set(explained) <= known
