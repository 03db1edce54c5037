"""A page to play with in the browser: `ratezoo explore`.

A view turns numbers into figures: `ratezoo.explore.model`, `sequence`, `nudge` and `rules` are the four views. `page`
makes a Dash page of them, and `server` serves it on this computer alone.
"""
