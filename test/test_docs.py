# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What the pages name exists: files, anchors, parameters, arguments, commands, messages."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path
import re

import pytest
from support.markdown import anchors, code_blocks, links, names, PAGES, ROOT, table
import yaml

from rpi_classifier.bringup.plan import ARGUMENTS
from rpi_classifier.config import CameraConfig, ClassifierConfig, LiveViewConfig
from rpi_classifier.models.zoo import MODELS

DOC = ROOT / 'doc'
PACKAGE = ROOT / 'rpi_classifier'
CONFIGS = {'camera': CameraConfig, 'classifier': ClassifierConfig, 'live_view': LiveViewConfig}
PARAMETERS = {field.name for config in CONFIGS.values() for field in fields(config)}
COMMANDS = set(re.findall(r"'(\w+) = rpi_classifier", (ROOT / 'setup.py').read_text()))
# Controls of a camera are parameters, too.
CONTROLS = {'brightness', 'gain', 'auto_exposure'}

every_page = pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def test_readme_is_short_enough_to_be_read():
    assert len((ROOT / 'README.md').read_text().splitlines()) <= 150


@every_page
def test_links_lead_to_files_and_headings(page):
    for link in links(page):
        if '://' in link:
            continue
        file, _, anchor = link.partition('#')
        target = (page.parent / file).resolve() if file else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@every_page
def test_paths_exist(page):
    folders = r'\.ci|config|dev|launch|rpi_classifier|scripts|systemd|test'
    for path in re.findall(rf'(?<![\w/.$}}-])(?:{folders})/[\w./@-]*\w', page.read_text()):
        assert (ROOT / path).exists(), path


def test_files_of_dev_exist():
    for row in table(ROOT / 'dev' / 'README.md', 'file', 'what'):
        (name,) = names(row['file'])
        assert (ROOT / 'dev' / name).exists(), name


@every_page
def test_settings_are_parameters(page):
    text = page.read_text()
    given = [name for name in re.findall(r'`([a-z_0-9]+): [^`\n]+`', text) if name not in CONFIGS]
    given += re.findall(r'ros2 param set /\w+ (\w+)', text)
    assert not set(given) - PARAMETERS - CONTROLS
    for block in code_blocks(page, 'yaml'):
        for section, content in yaml.safe_load(block).items():
            CONFIGS[section.rpartition('/')[2]](**content['ros__parameters'])


@every_page
def test_launch_arguments_exist(page):
    given = re.findall(r'(?<![\w-])([a-z_]+):=', re.sub(r'-[rp] \S+', '', page.read_text()))
    assert not set(given) - set(ARGUMENTS)


@every_page
def test_commands_exist(page):
    text = page.read_text()
    given = re.findall(r'ros2 run rpi_classifier (\w+)', text)
    given += re.findall(r'scripts/exec ([a-z_]+) ', text)
    assert not set(given) - COMMANDS - {'python', 'test'}


@every_page
def test_python_compiles(page):
    for block in code_blocks(page, 'python'):
        compile(block, str(page), 'exec')


def test_first_subscriber_is_the_same_on_both_pages():
    (first,) = code_blocks(ROOT / 'README.md', 'python')
    assert first in code_blocks(DOC / 'topics_and_parameters.md', 'python')


def test_readme_lists_the_topics_of_the_page_that_is_checked_against_nodes():
    interface = table(DOC / 'topics_and_parameters.md', 'node', 'direction', 'topic', 'type')
    listed = table(ROOT / 'README.md', 'topic', 'type', 'node')
    assert [name for row in listed for name in names(row['topic'])] == [
        name for row in interface for name in names(row['topic'])
    ]


def test_readme_lists_the_launch_arguments_with_their_defaults():
    listed = {}
    for row in table(ROOT / 'README.md', 'argument', 'default', 'meaning'):
        arguments, defaults = names(row['argument']), row['default'].split(', ')
        defaults = defaults if len(defaults) == len(arguments) else defaults * len(arguments)
        listed |= dict(zip(arguments, defaults))
    plain = {name: default.strip('`') for name, default in listed.items() if '`' in default}
    assert set(listed) == set(ARGUMENTS)
    assert plain == {name: default for name, (default, _) in ARGUMENTS.items() if default}


def test_models_page_lists_the_zoo():
    rows = table(DOC / 'models.md', 'model', 'input, pixels', 'weights made for', 'source')
    listed = {names(row['model'])[0]: int(row['input, pixels']) for row in rows}
    assert listed == {name: model.transform.size for name, model in MODELS.items()}


@pytest.mark.parametrize('page', [ROOT / 'CONTRIBUTING.md', DOC / 'architecture.md'])
def test_house_has_the_rooms_that_are_drawn(page):
    (house,) = [block for block in code_blocks(page, 'text') if block.startswith('rpi_class')]
    drawn = set(re.findall(r'^  (?:  )?(\w+)/ ', house, re.MULTILINE))
    rooms = {path.parent.name for path in PACKAGE.glob('*/__init__.py')}
    inner = {path.parent.name for path in PACKAGE.glob('nodes/*/__init__.py')}
    assert rooms <= drawn <= rooms | inner
    for file in re.findall(r'[a-z_0-9]+\.py', house):
        assert list(PACKAGE.rglob(file)), file


def test_checks_of_doctor_exist():
    source = ''.join(path.read_text() for path in (PACKAGE / 'doctor').glob('*.py'))
    known = set(re.findall(r"'([a-z]+\.[a-z0-9_]+)'", source))
    rows = table(DOC / 'troubleshooting.md', 'check', 'what it looks at')
    listed = {name for row in rows for name in names(row['check'])}
    groups = {name.split('.')[0] for name in listed}
    assert listed == {name for name in known if name.split('.')[0] in groups}


def test_messages_are_those_of_the_code():
    said = '\n'.join(text for path in PACKAGE.rglob('*.py') for text in strings(path))
    # Of NumPy and of the kernel.
    others = {'numpy.core.multiarray failed to import', 'Illegal instruction'}
    for row in table(DOC / 'troubleshooting.md', 'what you see', 'why, and what to do'):
        for message in set(names(row['what you see'])) - others:
            if '/' not in message:
                assert all(part in said for part in re.split(r' ?\.\.\. ?', message)), message


def strings(path: Path) -> list[str]:
    """Return the texts of a module; what an f-string inserts is a dot."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            parts = (getattr(part, 'value', '.') for part in node.values)
            found.append(''.join(part if isinstance(part, str) else '.' for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
    return found
