"""What the models' papers say, and what a simulation gives: the claims of tests/claims as a table.

    python docs/published.py                    # the table, as Markdown; about three minutes
    python docs/published.py WilsonCowan ...    # some models

Each claim is a number, which a paper prints or a closed form gives, and a function that measures it in a run of the
model. The claims stand in tests/claims, one file for each file of models/. The tests hold every claim to its tolerance.
"""

import argparse
import sys
from pathlib import Path

import brainpy.math as bm

from ratezoo.models import zoo

TESTS = Path(__file__).resolve().parents[1] / 'tests'


def load_claims():
    """The function `value` and the list of all claims, from tests/claims of this checkout."""
    if not (TESTS / 'claims' / 'base.py').is_file():
        sys.exit(
            f'docs/published.py: expected the claims in {TESTS / "claims"}, but they are not there. They are not '
            'installed with ratezoo: run this script from its place in a checkout of the repository.'
        )
    sys.path.insert(0, str(TESTS))
    from claims.base import all_claims, value

    return value, all_claims()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('models', nargs='*', metavar='MODEL')
    chosen = parser.parse_args().models
    value, claims = load_claims()
    unknown = set(chosen) - set(zoo)
    if unknown:
        parser.error(f'there is no model {", ".join(sorted(unknown))}')
    bm.enable_x64()
    print('| model | what | published | measured | tolerance | source |\n|---|---|---|---|---|---|')
    for c in claims:
        if not chosen or c.model in chosen:
            numbers = f'{value(c):.7g} | {float(c.measure()):.7g} | {c.tolerance:g}'
            print(f'| {c.model} | {c.what} | {numbers} | {c.source} |', flush=True)


if __name__ == '__main__':
    main()
