"""Compile once: what a compiled function was built from, and when it must be built again.

A function that JAX compiled remembers every Python value that it read: ``self.tau``, a closure's variable, a
global. `Sources` notes these values, so that a change of one of them is seen before the compiled function is
called again, instead of being silently ignored. What can't be seen is a change *inside* a value: of a NumPy array
that is written to in place, say.

`lift` makes a pure function of one that reads and writes BrainPy Variables.
"""

import types

import brainpy.math as bm
import jax

try:                                            # BrainPy 2.7 and later: Variables are brainstate States
    from brainstate import StateTraceStack as _writable  # tells brainstate that tracers may be written

    def touched(function, *args):
        """The Variables that ``function(*args)`` reads or writes, found by tracing it; they keep their values."""
        with _writable() as trace:
            jax.eval_shape(function, *args)
        trace.recovery_original_values()
        return list(trace.states)

    def as_returned(tree):
        """A loop's result as `bm.for_loop` returns it: BrainPy arrays unwrapped."""
        return jax.tree_util.tree_map(bm.as_jax, tree, is_leaf=lambda a: isinstance(a, bm.Array))
except ImportError:                             # BrainPy 2.6
    from contextlib import nullcontext as _writable

    def touched(function, *args):
        """The Variables that ``function(*args)`` reads or writes, found by tracing it; they keep their values."""
        return list(bm.eval_shape(function, *args, with_stack=True)[0].values())

    def as_returned(tree):
        """A loop's result as `bm.for_loop` returns it: as it comes."""
        return tree

_PLAIN = (bool, int, float, complex, str, bytes)


def _same(a, b):
    return a is b or (type(a) is type(b) and type(a) in _PLAIN and a == b)


def _read_by(function):
    """What a function finds outside of itself: the object it is bound to, its closure, the globals it names."""
    if isinstance(function, types.MethodType):
        yield from vars(function.__self__).values()
        function = function.__func__
    if isinstance(function, types.FunctionType):
        for cell in function.__closure__ or ():
            try:
                yield cell.cell_contents
            except ValueError:                  # a cell that is still empty
                continue
        for name in function.__code__.co_names:
            if name in function.__globals__:
                yield function.__globals__[name]


class Sources:
    """The Python values that some objects and functions hold, as they are now.

    Parameters
    ----------
    objects : sequence of objects
        Their attributes count; lists, tuples and dicts among them by their elements.
    functions : sequence of callables
        Their closures count, and the globals that they name.
    skip : set of str
        Attributes that do not count.
    values_of_variables : set of int, or None
        None: a BrainPy Variable counts as an object, its value does not (it is an argument of the compiled
        function). Otherwise the value counts too, except for the Variables whose ids are given.
    """

    def __init__(self, objects, functions=(), skip=frozenset(), values_of_variables=None):
        self._objects, self._functions, self._skip = list(objects), list(functions), skip
        self._argument_ids = values_of_variables
        self._seen = self._now()

    def _now(self):
        seen = []
        for obj in self._objects:
            for name, value in vars(obj).items():
                if name not in self._skip:
                    self._note(value, seen)
        for function in self._functions:
            for value in _read_by(function):
                self._note(value, seen)
        return seen

    def _note(self, value, seen):
        seen.append(value)
        if isinstance(value, dict):
            seen.extend(value.values())
        elif isinstance(value, (list, tuple)):
            seen.extend(value)
        elif self._argument_ids is not None and isinstance(value, bm.Variable):
            if id(value) not in self._argument_ids:
                seen.append(value._value)

    def changed(self):
        """Whether any of these values is another one now."""
        now = self._now()
        return len(now) != len(self._seen) or not all(map(_same, now, self._seen))


def signature(tree):
    """Shapes and dtypes of a tree of arrays, as a key."""
    leaves, treedef = jax.tree_util.tree_flatten(tree)
    return treedef, tuple((getattr(a, 'shape', ()), getattr(a, 'dtype', type(a)),
                           getattr(a, 'weak_type', False)) for a in leaves)


def lift(function, variables):
    """Make ``pure(values, *args) -> (new_values, result)`` of a function that reads and writes ``variables``."""
    def pure(values, *args):
        before = [v._value for v in variables]
        for v, value in zip(variables, values, strict=True):
            v._value = value
        try:
            with _writable():
                result = function(*args)
                after = [v._value for v in variables]
        finally:
            for v, value in zip(variables, before, strict=True):
                v._value = value
        return after, result
    return pure


def written(function, variables, *args):
    """For each of ``variables``, whether ``function(*args)`` writes it."""
    flags = []

    def probe(values, *args):
        after, _ = lift(function, variables)(values, *args)
        flags[:] = [a is not b for a, b in zip(after, values, strict=True)]

    jax.eval_shape(probe, [v._value for v in variables], *args)
    return flags
