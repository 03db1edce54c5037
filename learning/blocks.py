"""Cut a sequence into blocks of equal length and a shorter rest, and scan over them."""

from collections.abc import Callable
from typing import Any

import jax


def split_into_blocks(tree: Any, length: int) -> tuple[Any, Any]:
    """Cut a tree of arrays (T, …) into blocks of ``length`` steps.

    Returns
    -------
    blocks : tree of arrays (T // length, length, …)
        The blocks.
    rest : tree of arrays (T % length, …)
        The steps after the last block.
    """
    steps = jax.tree_util.tree_leaves(tree)[0].shape[0]
    count = steps // length
    end = count * length
    tree_map = jax.tree_util.tree_map
    blocks = tree_map(lambda a: a[:end].reshape(count, length, *a.shape[1:]), tree)
    return blocks, tree_map(lambda a: a[end:], tree)


def scan_blocks(body: Callable[..., Any], carry: Any, tree: Any, length: int) -> tuple[Any, jax.Array]:
    """`jax.lax.scan` of ``body`` over the blocks of ``tree``, then ``body`` once more for the rest.

    Parameters
    ----------
    body : callable
        ``body(carry, block)`` → (carry, values), with one value for each step of the block.
    carry : tree
        The carry before the first block.
    tree : tree of arrays (T, …)
        The sequence.
    length : int
        Number of steps in a block.

    Returns
    -------
    carry : tree
        The carry after the last step.
    values : array (T,)
        The values of all steps.
    """
    steps = jax.tree_util.tree_leaves(tree)[0].shape[0]
    blocks, rest = split_into_blocks(tree, length)
    values = []
    if steps >= length:
        carry, of_blocks = jax.lax.scan(body, carry, blocks)
        values.append(of_blocks.reshape(-1))
    if steps % length:
        carry, of_rest = body(carry, rest)
        values.append(of_rest)
    return carry, values[0] if len(values) == 1 else jax.numpy.concatenate(values)
