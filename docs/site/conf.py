"""Sphinx's configuration, the same for both languages. `build.py` lays out the sources and names the language."""

import os
import sys
from pathlib import Path

import sphinx.search

import ratezoo

SITE = Path(__file__).resolve().parent
sys.path.insert(0, str(SITE))  # the extensions beside this file

language = {'en': 'en', 'zh': 'zh_CN'}[os.environ['RATEZOO_SITE_LANGUAGE']]
chinese = language != 'en'
sphinx.search.languages.update(dict.fromkeys(('en', 'zh', 'zh_CN'), 'search.SearchBoth'))

project = 'ratezoo'
author = 'the ratezoo developers'
release = version = ratezoo.__version__

extensions = [
    'docstrings',
    'live',
    'mathml',
    'myst_nb',
    'sphinx.ext.autodoc',
    'sphinx.ext.napoleon',
    'sphinx_copybutton',
    'sphinx_design',
]
html_math_renderer = 'mathml'
suppress_warnings = ['config.cache']

# ---- pages ----------------------------------------------------------------------------------------------------------
myst_enable_extensions = ['dollarmath', 'colon_fence', 'deflist', 'attrs_inline', 'attrs_block', 'fieldlist']
myst_heading_anchors = 4
nb_execution_mode = 'cache'
nb_execution_cache_path = os.environ['RATEZOO_SITE_CACHE']
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_output_stderr = 'error'
nb_merge_streams = True
smartquotes = False  # ‘W’ for 'W' would spoil what a reader copies out of a message
copybutton_prompt_text = r'\$ |>>> |\.\.\. '
copybutton_prompt_is_regexp = True
copybutton_exclude = '.linenos, .gp, .go'

# ---- reference ------------------------------------------------------------------------------------------------------
autodoc_typehints = 'none'  # the docstrings say them in words; Sphinx would write out all that ArrayLike stands for
autodoc_member_order = 'bysource'
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = [('Options of gradient and fit', 'params_style')]
autodoc_inherit_docstrings = False

# ---- looks ----------------------------------------------------------------------------------------------------------
html_theme = 'pydata_sphinx_theme'
html_title = 'ratezoo'
html_logo = html_favicon = str(SITE / 'static' / 'logo.svg')
html_static_path = [str(SITE / 'static')]
templates_path = [str(SITE / 'templates')]
html_css_files = ['site.css']
html_js_files = [('site.js', {'defer': 'defer'})]
html_show_sourcelink = False
html_sidebars = {'index': []}  # the first page has doors in place of a menu
html_copy_source = False
html_context = {
    'default_mode': 'auto',
    'other_language': 'en' if chinese else 'zh',
    'other_name': 'English' if chinese else '中文',
}
html_theme_options = {
    'logo': {'text': 'ratezoo', 'alt_text': '首页' if chinese else 'home'},
    'navbar_end': ['language-switch', 'theme-switcher'],
    'secondary_sidebar_items': ['page-toc'],
    'footer_start': ['copyright'],
    'footer_end': [],
    'show_nav_level': 1,
    'show_toc_level': 2,
    'navigation_with_keys': False,
    'header_links_before_dropdown': 6,
    'back_to_top_button': False,
    'pygments_light_style': 'a11y-high-contrast-light',
    'pygments_dark_style': 'a11y-high-contrast-dark',
}
copyright = 'ratezoo, Apache-2.0'
