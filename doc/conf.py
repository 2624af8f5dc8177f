# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The settings of Sphinx for these pages; scripts/docs builds them, and rosdoc2 can."""

from pathlib import Path
import sys
import xml.etree.ElementTree as ElementTree

# rosdoc2 runs a copy of this folder. The package must then be installed.
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE / '_ext')]

project = 'rpi_classifier'
author = 'The rpi_classifier authors'
project_copyright = f'2026, {author}'
if (HERE.parent / 'package.xml').exists():
    release = ElementTree.parse(HERE.parent / 'package.xml').findtext('version')

extensions = ['myst_parser', 'sphinx.ext.autodoc', 'interface_tables']
myst_enable_extensions = ['colon_fence']
myst_heading_anchors = 3
# rosdoc2 puts beside these pages: a copy of them, an index, and a page for every module.
exclude_patterns = ['_build', 'user_docs*', 'standard*', '*.rst']

# The API page needs the names, not the work: heavy packages are replaced by empty shells.
autodoc_mock_imports = ['aiohttp', 'cv2', 'executorch', 'PIL', 'psutil', 'torch', 'torchvision']
autodoc_typehints = 'description'
autodoc_member_order = 'bysource'
autodoc_type_aliases = {name: name for name in ('Image', 'Logits', 'Probabilities')}

# The tables quote the code: quotes and dots stay as they are.
smartquotes = False

nitpicky = True
# Other projects' pages are not asked, and these types of ours have no page.
UNDOCUMENTED = ('camera.clock.Clock', 'camera.interrupt.Interrupt', 'camera.v4l2.Capability')
nitpick_ignore = [('py:class', f'rpi_classifier.{name}') for name in UNDOCUMENTED]
nitpick_ignore_regex = [('py:.*', r'(?!rpi_classifier\.).*')]

html_theme = 'furo'
html_title = 'rpi_classifier'
html_static_path = ['_static']
html_css_files = ['custom.css']
html_copy_source = False
html_show_sphinx = False

# autodoc is set up above, with what rosdoc2 would not replace.
rosdoc2_settings = {'enable_autodoc': False}
