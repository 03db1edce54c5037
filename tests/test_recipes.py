"""The recipes of CONTRIBUTING.md and CONTRIBUTING.zh.md run as they stand."""

import re
import sys
import types
from pathlib import Path

import pytest
from claims import base

ROOT = Path(__file__).parents[1]
PAGES = {
    'CONTRIBUTING.md': ('## Recipe 1', '## Recipe 2', '## Recipe 3', '## Recipe 4', '## How'),
    'CONTRIBUTING.zh.md': ('## 步骤一', '## 步骤二', '## 步骤三', '## 步骤四', '## 代码的写法'),
}


def blocks(page, recipe):
    """The Python blocks of a recipe, without their indentation."""
    start, end = PAGES[page][recipe - 1 : recipe + 1]
    text = (ROOT / page).read_text(encoding='utf-8').split(start)[1].split(end)[0]
    found = re.findall(r'^   ```python\n(.*?)^   ```', text, re.M | re.S)
    return [re.sub(r'^   ', '', block, flags=re.M) for block in found]


@pytest.mark.quick(1)
@pytest.mark.parametrize('page', PAGES)
def test_a_model_and_its_claim(page, monkeypatch):
    monkeypatch.setattr(base, 'CLAIMS', [])
    model, claim, _ = blocks(page, 1)
    namespace = {}
    exec(model, namespace)
    net = namespace['FitzHughNagumo']()
    assert net.params == ()
    assert net.states == ('v', 'w')
    exec(claim, {})
    (said,) = base.CLAIMS
    assert abs(said.measure() - said.published) < said.tolerance


@pytest.mark.quick(1)
@pytest.mark.parametrize('page', PAGES)
def test_a_rule_and_its_test(page, monkeypatch):
    rule, test = blocks(page, 2)
    module = types.ModuleType('ratezoo.learning.diagonal')
    exec(rule, module.__dict__)
    monkeypatch.setitem(sys.modules, 'ratezoo.learning.diagonal', module)
    namespace = {}
    exec(test, namespace)
    namespace['test_it_is_exact_for_units_without_connections']()


@pytest.mark.quick(1)
@pytest.mark.parametrize('page', PAGES)
def test_a_task(page):
    (task,) = blocks(page, 4)
    namespace = {}
    exec('import numpy as np\nfrom dataclasses import dataclass\nfrom ratezoo.tasks.base import *\n' + task, namespace)
    cosine = namespace['Cosine']()
    trials = cosine.trials(2, 0)
    assert trials.x.shape == (2, 100, 1)
    assert cosine.score(trials.y, trials) == 0
    assert abs(cosine.score(0 * trials.y, trials) - cosine.chance) < 1e-12
