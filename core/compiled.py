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
    arguments : set of int, or None
        None: a BrainPy Variable counts as an object, its value does not (it is an argument of the compiled
        function). Otherwise the value counts too, except for the Variables whose ids are given.
    """

    def __init__(self, objects, functions=(), skip=frozenset(), arguments=None):
        self._attributes = [vars(obj) for obj in objects]
        self._functions, self._skip, self._arguments = list(functions), skip, arguments
        self._note()

    def _note(self):
        # `_inner` reads what lists, dicts and functions hold. Comparing ids is quick; the values are kept beside
        # them, so that no id is given to another object.
        self._inner = [lambda f=f: list(_read_by(f)) for f in self._functions]
        for value in [*self._own(), *(v for read in list(self._inner) for v in read())]:
            if isinstance(value, dict):
                self._inner.append(value.values)
            elif isinstance(value, (list, tuple)):
                self._inner.append(value.__iter__)
            elif self._arguments is not None and isinstance(value, bm.Variable) and id(value) not in self._arguments:
                self._inner.append(lambda v=value: (v._value,))
        self._readers = [*(d.values for d in self._attributes), *self._inner]
        self._kept = [list(read()) for read in self._readers]
        self._ids = [list(map(id, values)) for values in self._kept]
        self._seen = self._now()

    def _own(self):
        return [v for d in self._attributes for k, v in d.items() if k not in self._skip]

    def _now(self):
        """Every value that counts, one after the other."""
        return [*self._own(), *(v for read in self._inner for v in read())]

    def changed(self):
        """Whether any of these values is another one now."""
        if all(list(map(id, read())) == ids for read, ids in zip(self._readers, self._ids, strict=True)):
            return False
        now, before = self._now(), self._seen
        if len(now) != len(before) or not all(map(_same, now, before)):
            return True
        self._note()                            # other objects, but equal numbers or attributes that do not count
        return False


def signature(tree):
    """Shapes and dtypes of a tree of arrays, as a key."""
    leaves, treedef = jax.tree_util.tree_flatten(tree)
    return treedef, tuple([(a.shape, a.dtype) if hasattr(a, 'dtype') else type(a) for a in leaves])


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
