"""Sphinx configuration."""

project = "cr-toolkit"
author = "the cr-toolkit developers"
copyright = "2026, the cr-toolkit developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Competitive ratios that anyone can check", "page_width": "1100px"}
autodoc_typehints = "description"
suppress_warnings = ["ref.python"]
