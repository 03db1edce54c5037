"""The progress bar, tqdm's: a widget in a notebook that has ipywidgets, and text elsewhere."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter('ignore')  # tqdm warns in red letters if ipywidgets is missing, and then writes text
    from tqdm.auto import tqdm

__all__ = ['tqdm']
