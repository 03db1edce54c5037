"""Does a test notice a wrong equation? Each mutant changes one term of a model, and a test must fail for it.

    python tests/mutants.py WilsonCowan JansenRit     # these models; without a name: all, some hours
    python tests/mutants.py --list WilsonCowan        # the mutants alone

The mutated code is F (or step) of the model, its energy, its outputs, and all that these call in models/. A mutant is:

* a sign: + and − exchanged, or a leading − left out;
* a number, a constant or a parameter × 1.1 (an exponent: + 1; the number 0: 0.1);
* the input x reversed, x → −x;
* another nonlinearity, f → f + f²/10.

The claims of the model judge it first (tests/claims), then the tests of its family (tests/models), then the tests that
all models pass (tests/test_conformance.py). A mutant that changes no result is explained in the claims' file, in the
dict ``EQUIVALENT``: {'Model.function: the change': 'why no result changes'}.
"""

import argparse
import ast
import collections
import copy
import importlib
import inspect
import io
import itertools
import signal
import sys
import textwrap
import types
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
import conftest  # double precision on a CPU, as in the tests
import jax
import numpy as np
import pytest
from claims.base import all_claims, value

from ratezoo.models import zoo

TESTS = Path(__file__).resolve().parent
ROOTS = (
    'F', 'step', 'energy', 'output', 'observable', 'F_of_current', 'step_of_current', 'presynaptic', 'weights',
    'features', 'shaken', 'project', 'penalty', 'phi',
)  # fmt: skip
NONLINEARITIES = {
    'tanh', 'exp', 'log', 'sigmoid', 'relu', 'softplus', 'softmax', 'logsumexp', 'sin', 'cos', 'cosh', 'erf', 'sqrt',
    'square', 'sign', 'maximum', 'minimum', 'clip', 'abs', 'log_cosh', 'expm1', 'log1p',
}  # fmt: skip
WITH_SHAPES = {
    'zeros', 'ones', 'full', 'reshape', 'arange', 'range', 'split', 'concatenate', 'stack', 'moveaxis', 'swapaxes',
    'expand_dims', 'fori_loop', 'PRNGKey', 'fold_in', 'conv_general_dilated', 'roll', 'norm',
}  # fmt: skip
SECONDS = 120  # a claim that takes longer has noticed the mutant
BENT = ast.parse('(lambda _f: _f + 0.1 * _f**2)', mode='eval').body


class Mutant(NamedTuple):
    """One change of one function: ``owner`` is the class or the module that has it."""

    owner: Any
    name: str
    change: str
    tree: ast.FunctionDef

    @property
    def label(self) -> str:
        return f'{self.name}: {self.change}'


def functions_of(net):
    """(owner, name) of every function of models/ that computes this model's equations."""
    classes = [c for c in type(net).__mro__ if c.__module__.startswith('ratezoo.models')]
    roots = [name for name in ROOTS if any(name in vars(c) for c in classes)]
    if 'F' not in roots and 'step' not in roots and 'energy' not in roots:
        roots.append('update')
    found, waiting = [], roots
    while waiting:
        name = waiting.pop(0)
        owner = next((c for c in classes if name in vars(c)), None)
        if owner is None:
            modules = {c.__module__ for c in classes}
            owner = next((m for m in map(sys.modules.get, modules) if inspect.isfunction(vars(m).get(name))), None)
        if owner is None or (owner, name) in found or source(owner, name) is None:
            continue
        if inspect.ismodule(owner) and vars(owner)[name].__module__ != owner.__name__:
            continue
        found.append((owner, name))
        for node in ast.walk(source(owner, name)):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                waiting.append(node.attr)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                waiting.append(node.func.id)
    return found


def plain(entry):
    """The function inside a property or a static method."""
    return entry.fget if isinstance(entry, property) else getattr(entry, '__func__', entry)


def source(owner, name):
    """The tree of a function, without its docstring; None if it is none."""
    function = plain(vars(owner)[name])
    if not inspect.isfunction(function):
        return None
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        return None
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:] or [ast.Pass()]
    return tree


class Sites(ast.NodeTransformer):
    """Changes the site with this number, counted in the order of the text. ``change`` tells what was done."""

    def __init__(self, net, arguments, number):
        self.net, self.arguments, self.number, self.seen, self.change = net, arguments, number, 0, ''

    def here(self, node, new):
        """``new`` if this is the site, else ``node``."""
        self.seen += 1
        if self.seen - 1 != self.number:
            return node
        self.change = f'{ast.unparse(node)} → {ast.unparse(new)}'
        return ast.copy_location(new, node)

    def scaled(self, node):
        return self.here(node, ast.BinOp(ast.Constant(1.1), ast.Mult(), copy.deepcopy(node)))

    def visit_FunctionDef(self, node):
        node.body = [self.visit(statement) for statement in node.body]
        return node

    visit_Raise = visit_JoinedStr = visit_Assert = lambda self, node: node

    def visit_Subscript(self, node):
        key = node.slice
        if isinstance(node.value, ast.Name) and node.value.id == 'params' and isinstance(key, ast.Constant):
            return self.scaled(node)
        node.value = self.visit(node.value)
        return node

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant):
            node.left = self.visit(node.left)
            return self.here(node, ast.BinOp(node.left, ast.Pow(), ast.Constant(node.right.value + 1)))
        self.generic_visit(node)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
            return self.here(node, ast.BinOp(node.left, other, node.right))
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return self.here(node, node.operand) if isinstance(node.op, ast.USub) else node

    def visit_Constant(self, node):
        if type(node.value) not in (int, float):
            return node
        return self.here(node, ast.Constant(node.value * 1.1 or 0.1))

    def visit_Name(self, node):
        if node.id == 'x' and 'x' in self.arguments and isinstance(node.ctx, ast.Load):
            return self.here(node, ast.UnaryOp(ast.USub(), node))
        return node

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == 'self':
            held = getattr(self.net, node.attr, None)
            is_number = isinstance(held, float) or (hasattr(held, '__array__') and np.ndim(held) <= 3)
            if is_number and np.issubdtype(np.asarray(held).dtype, np.inexact):
                return self.scaled(node)
            return node
        node.value = self.visit(node.value)
        return node

    def visit_Call(self, node):
        called = getattr(node.func, 'attr', getattr(node.func, 'id', ''))
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
            node.func.value = self.visit(node.func.value)
        if called not in WITH_SHAPES:
            node.args = [self.visit(a) for a in node.args]
        of_self = isinstance(node.func, ast.Attribute) and getattr(node.func.value, 'id', '') == 'self'
        held = vars(self.net).get(called) if of_self else None
        if called in NONLINEARITIES or callable(held):
            return self.here(node, ast.Call(copy.deepcopy(BENT), [node], []))
        return node


def mutants_of(net):
    """Every `Mutant` of the model of ``net``."""
    mutants = []
    for owner, name in functions_of(net):
        tree = source(owner, name)
        arguments = {a.arg for a in tree.args.args}
        told: collections.Counter[str] = collections.Counter()
        for number in itertools.count():
            sites = Sites(net, arguments, number)
            changed = sites.visit(copy.deepcopy(tree))
            if not sites.change:
                break
            told[sites.change] += 1
            change = sites.change + (f' (no. {told[sites.change]})' if told[sites.change] > 1 else '')
            mutants.append(Mutant(owner, name, change, ast.fix_missing_locations(changed)))
    return mutants


@contextmanager
def installed(mutant):
    """The model's function is the mutant's, until the block ends."""
    module = mutant.owner if inspect.ismodule(mutant.owner) else sys.modules[mutant.owner.__module__]
    body = [ast.ClassDef('_', [], [], [mutant.tree], [], type_params=[])]
    names: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(ast.Module(body, [])), '<mutant>', 'exec'), vars(module), names)
    entry, before = vars(names['_'])[mutant.name], vars(mutant.owner)[mutant.name]
    function = plain(entry)
    cells = tuple(types.CellType(mutant.owner) for _ in function.__code__.co_freevars)  # `__class__`, for super()
    new = types.FunctionType(function.__code__, vars(module), mutant.name, function.__defaults__, cells or None)
    new.__kwdefaults__ = function.__kwdefaults__
    kind = type(entry) if isinstance(entry, (property, staticmethod, classmethod)) else lambda f: f
    setattr(mutant.owner, mutant.name, kind(new))
    jax.clear_caches()
    for claims in [m for n, m in list(sys.modules.items()) if n.startswith('claims.')]:
        for cached in vars(claims).values():
            getattr(cached, 'cache_clear', lambda: None)()
    try:
        yield
    finally:
        setattr(mutant.owner, mutant.name, before)


def expired(*_):
    raise TimeoutError


def killer(model, expected, with_tests=True):
    """Who notices: the name of the first claim or test file that fails; '' if none does."""
    conftest.bm.set_dt(conftest._DT)
    for claim, right in expected:
        signal.alarm(SECONDS)
        try:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                noticed = not abs(float(claim.measure()) - right) <= claim.tolerance
        except (Exception, SystemExit):
            noticed = True
        finally:
            signal.alarm(0)
        if noticed:
            return claim.what
    family = zoo.entry(model).module.rpartition('.')[2]
    runs = [(f'models/test_{family}.py', ''), ('test_conformance.py', model)] if with_tests else []
    for file, chosen in runs:
        if (TESTS / file).is_file():
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                command = [
                    str(TESTS / file),
                    '-q',
                    '-x',
                    '-n',
                    '0',
                    '--assert=plain',
                    '-p',
                    'no:cacheprovider',
                    '-m',
                    'slow or not slow',
                ]
                status = pytest.main([*command, '-k', chosen] if chosen else command)
            if status == pytest.ExitCode.TESTS_FAILED:
                return f'tests/{file}'
    return ''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('models', nargs='*', metavar='MODEL', help='default: all models of the zoo')
    parser.add_argument('--list', action='store_true', help='only list the mutants')
    parser.add_argument('--claims-only', action='store_true', help='let the claims alone judge, not the tests')
    parser.add_argument('--survivors', action='store_true', help='print no line for a mutant that was noticed')
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, expired)
    claims, table = all_claims(), []
    for model in options.models or list(zoo):
        net = zoo[model]()
        mutants = mutants_of(net)
        file = importlib.import_module(f'claims.{zoo.entry(model).module.rpartition(".")[2]}')
        explained = getattr(file, 'EQUIVALENT', {})
        if options.list:
            print(*(f'{model}.{m.label}' for m in mutants), sep='\n')
            continue
        own = sorted((c for c in claims if c.model == model), key=lambda c: c.slow)
        expected = [(c, value(c)) for c in own]
        healthy = killer(model, expected, not options.claims_only)
        if healthy:
            sys.exit(f'{model}: {healthy} fails without any mutant. Mend this first.')
        alive, equivalent = 0, 0
        for mutant in mutants:
            with installed(mutant):
                by = killer(model, expected, not options.claims_only)
            reason = '' if by else explained.get(f'{model}.{mutant.label}', '')
            alive, equivalent = alive + (not by and not reason), equivalent + bool(reason)
            if not (by and options.survivors):
                told = f'noticed by {by}' if by else f'equivalent: {reason}' if reason else 'SURVIVES'
                print(f'  {model}.{mutant.label}   {told}', flush=True)
        table.append((model, len(mutants), len(mutants) - alive - equivalent, equivalent, alive))
        print('{}: {} mutants, {} noticed, {} equivalent, {} survive'.format(*table[-1]), flush=True)
    if table:
        print('\n| model | mutants | noticed | equivalent | survive |\n|---|---|---|---|---|')
        print(*('| {} | {} | {} | {} | {} |'.format(*row) for row in table), sep='\n')
    sys.exit(any(row[-1] for row in table))


if __name__ == '__main__':
    main()
