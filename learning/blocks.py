"""A sequence cut into blocks of equal length, and what is left over."""

import jax


def blocks(tree, length):
    """``tree`` of arrays (T, …) as blocks (T // length, length, …), and the rest (T % length, …)."""
    whole = jax.tree_util.tree_leaves(tree)[0].shape[0] // length * length
    tree_map = jax.tree_util.tree_map
    return (tree_map(lambda a: a[:whole].reshape(whole // length, length, *a.shape[1:]), tree),
            tree_map(lambda a: a[whole:], tree))


def scan_blocks(body, carry, tree, length):
    """`jax.lax.scan` of ``body(carry, block)`` over the blocks of ``tree``, then ``body`` once over the rest.

    ``body`` returns (carry, per-step values (length of the block,)); the values of all steps are strung together.
    """
    steps = jax.tree_util.tree_leaves(tree)[0].shape[0]
    whole, rest = blocks(tree, length)
    values = []
    if steps >= length:
        carry, in_blocks = jax.lax.scan(body, carry, whole)
        values.append(in_blocks.reshape(-1))
    if steps % length:
        carry, in_rest = body(carry, rest)
        values.append(in_rest)
    return carry, values[0] if len(values) == 1 else jax.numpy.concatenate(values)
