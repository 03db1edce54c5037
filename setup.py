"""Which packages there are: every folder that holds an ``__init__.py``, found, not listed.

The folders at the top belong to the package ``ratezoo``: ``core/`` is ``ratezoo`` itself, ``models/`` is
``ratezoo.models``, and so on (``package-dir`` in pyproject.toml).
"""

from setuptools import find_packages, setup

FOLDERS = ('models', 'analysis', 'learning', 'tasks', 'plots', 'homework', 'explore', 'cli')

setup(
    packages=[
        'ratezoo',
        *(f'ratezoo.{folder}' for folder in FOLDERS),
        *(f'ratezoo.{folder}.{package}' for folder in FOLDERS for package in find_packages(folder)),
    ]
)
