# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The words of a node executable's command line."""

from rpi_classifier.nodes.common.command_line import parse_command_line


def test_words_are_sorted_by_kind():
    line = 'one --ros-args -p a:=1 --params-file f -r b:=c --log-level info --nonsense -- two'
    words = parse_command_line(line.split())
    assert (words.parameters, words.files, words.remaps) == (['a:=1'], ['f'], ['b:=c'])
    assert (words.outside, words.unknown) == (['one', 'two'], ['--nonsense'])
    assert not words.wants_help
    assert not parse_command_line(['--ros-args', '--disable-stdout-logs', '-e', '/x']).unknown


def test_an_option_at_the_end_lacks_its_value():
    words = parse_command_line(['--ros-args', '-p', 'a:=1', '--params-file'])
    assert (words.incomplete, words.unknown, words.files) == ('--params-file', [], [])
