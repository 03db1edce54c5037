"""Equations of docstrings become LaTeX that docutils can set."""

import ast
import re
from pathlib import Path

import equations
import pytest

tex2mathml = pytest.importorskip('docutils.utils.math.latex2mathml').tex2mathml

ROOT = Path(__file__).resolve().parents[2]
CASES = {
    # sums, products, fractions
    'τ dr/dt = −r': r'\tau \frac{d r}{d t} = - r',
    'd²y_0/dt² = A a': r'\frac{d^{2} y_{0}}{d t^{2}} = A a',
    '∂l_t/∂r_t': r'\frac{\partial l_{t}}{\partial r_{t}}',
    '−∂/∂w [E]': r'- \frac{\partial}{\partial w} [E]',
    'J_0/(√(2π) a)': r'\frac{J_{0}}{\sqrt{2 \pi} a}',
    '(a + b)/(c + d)': r'\frac{a + b}{c + d}',
    'a b/c': r'a \frac{b}{c}',
    'P φ P / (1 + φ)': r'\frac{P \varphi P}{1 + \varphi}',
    'a + b / c': r'a + \frac{b}{c}',
    '(1/n) Σ_j r_j': r'\frac{1}{n} \sum_{j} r_{j}',
    'tanh(V/δ)': r'\tanh \left( \frac{V}{\delta} \right)',
    '(∂l/∂r)ᵀ': r'{\left( \frac{\partial l}{\partial r} \right)}^{T}',
    'dl(r_K)/dw': r'\frac{d l (r_{K})}{d w}',
    '(V − V_3)/2V_4': r'\frac{V - V_{3}}{2 V_{4}}',
    '½‖r‖²': r'\tfrac{1}{2} {\lVert r \rVert}^{2}',
    # scripts
    'w_ij + w_EE': r'w_{ij} + w_{EE}',
    'W_in + V_th': r'W_{\mathrm{in}} + V_{\mathrm{th}}',
    'W_in,z x_t': r'W_{\mathrm{in},z} x_{t}',
    'r_{t−1}': r'r_{t - 1}',
    't_j^k': r't_{j}^{k}',
    'W_{k+1}ᵀ': r'W_{k + 1}^{T}',
    'u₊²': r'u_{+}^{2}',
    '[W]₊': r'{[W]}_{+}',
    'r* + J⁻¹ + J⁻ᵀ': r'r^{*} + J^{-1} + J^{-T}',
    'ρ₀ c₁': r'\rho_{0} c_{1}',
    "φ′(z)": r'\varphi^{\prime} (z)',
    'e^{−s²/6a²}': r'e^{- s^{2} / 6 a^{2}}',
    'e^{−|t − t′|/τ}': r'e^{- \lvert t - t^{\prime} \rvert / \tau}',
    'r e^{iψ}': r'r e^{i \psi}',
    'r̂ − r': r'\hat{r} - r',
    '(∂s/∂s)|_I ε': r'\frac{\partial s}{\partial s} |_{I} \varepsilon',
    # operators, brackets
    'x ~ N(0, 1)': r'x \sim N (0 , 1)',
    'a ⊙ b ∘ c ⋆ d ∗ e': r'a \odot b \circ c \star d \ast e',
    '⟨η⟩ ≈ 0': r'\langle \eta\rangle \approx 0',
    'Σ_{i=t}^{T} ∫_0^∞ s ds': r'\sum_{i = t}^{T}\,\int_{0}^{\infty} s\,d s',
    '1, …, −1': r'1 , \ldots , - 1',
    'u ∈ {0, 1}': r'u \in \{ 0 , 1\}',
    'A cos ωt': r'A \cos \omega t',
    # words
    'output = W_out r': r'\text{output} = W_{\mathrm{out}} r',
    'f = 1 where u > θ, and 0 elsewhere': r'f = 1\ \text{where}\ u > \theta ,\ \text{and}\ 0\ \text{elsewhere}',
    'at V_th a spike, and V stays': r'\text{at}\ V_{\mathrm{th}}\ \text{a spike, and}\ V\ \text{stays}',
    "backward = 'phantom'": r"\text{backward} = \text{'phantom'}",
    'sigma_min': r'\sigma_{\mathrm{min}}',
    'softmax(β X r)': r'\operatorname{softmax} (\beta X r)',
    '∂step/∂r': r'\frac{\partial \text{step}}{\partial r}',
    'P = 1/ridge at first': r'P = \frac{1}{\text{ridge}}\ \text{at first}',
    '⟨Σ_j w_ij⟩/1000 in nA/Hz': r'\frac{\left\langle \sum_{j} w_{ij} \right\rangle}{1000}\ \text{in nA/Hz}',
}  # fmt: skip


@pytest.mark.parametrize('formula', CASES)
def test_a_formula(formula):
    assert equations.latex(formula) == CASES[formula]
    tex2mathml(CASES[formula], as_block=True)


@pytest.mark.parametrize('formula', ['(a + b', 'a & b', '/ 2', 'a_', 'x ⊞ y'])
def test_what_it_does_not_know_is_refused(formula):
    with pytest.raises(equations.NotAnEquation):
        equations.latex(formula)


def docstrings():
    """(where, docstring) of every class and function, in the folders whose docstrings the site shows."""
    for folder in ('core', 'models', 'analysis', 'learning', 'tasks', 'plots', 'homework'):
        for path in sorted((ROOT / folder).rglob('*.py')):
            if path.name == 'handout.py':
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
                if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith('_'):
                    doc = ast.get_docstring(node)
                    if doc:
                        yield f'{path.relative_to(ROOT)}: {node.name}', doc


def test_every_equation_of_every_docstring_is_set():
    where = {}
    for place, doc in docstrings():
        for tex in equations.of(doc):
            where.setdefault(place, []).append(tex)
            assert tex.isascii(), (place, tex)
            bare = re.sub(r'\\[{}]', '', tex)
            assert bare.count('{') == bare.count('}'), (place, tex)
            tex2mathml(tex, as_block=True)
    assert len(where) > 70
    numbered = [(place, doc) for place, doc in docstrings() if re.search(r'^ {4,}\(1\)  ', doc, re.M)]
    assert {place for place, _ in numbered} <= set(where)


def test_every_model_and_rule_with_numbers_has_all_of_them():
    for place, doc in docstrings():
        numbers = re.findall(r'^ {4,}\((\d+)\)  ', doc, re.M)
        set_numbers = re.findall(r'\\text\{\((\d+)\)\}\\quad', ' '.join(equations.of(doc)))
        assert numbers == set_numbers, place


def test_code_is_no_equation():
    doc = 'A class.\n\n    class Leak(Circuit):\n        tau = 1.0\n\n    x = f(1)\n'
    assert equations.of(doc) == []
    assert equations.with_equations(doc) == doc.rstrip('\n')


def test_a_long_line_is_broken_between_its_formulas():
    short, long = ['(1)  a = b,   c = d'], ['(1)  ' + ' + '.join('abcdefghijkl') + ' = 0,    ' + 'x + y = 1' * 3]
    assert [len(equations.rows(lines)) for lines in (short, long)] == [1, 2]
    assert equations.rows(long)[1][0] == ''  # the second row has no number
