# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""The parameters classes and class_aliases, as people and ROS write them."""

import pytest

from rpi_classifier.config import ClassifierConfig
from rpi_classifier.config.class_words import join_aliases, parse_aliases, parse_classes
from rpi_classifier.errors import ConfigError


@pytest.mark.parametrize(
    ('written', 'meant'),
    [
        ('', ()),
        ([], ()),
        ('tabby, of all cats', ('tabby, of all cats',)),
        (281, ('281',)),
        (['tabby', 3], ('tabby', '3')),
        ([281, 282], ('281', '282')),
        ("[tabby, 'a, b', 7, no]", ('tabby', 'a, b', '7', 'no')),
        ('["große Katze", 猫]', ('große Katze', '猫')),
    ],
)
def test_classes_are_a_list_of_names_and_indices(written, meant):
    assert parse_classes(ClassifierConfig(classes=written).classes) == meant


@pytest.mark.parametrize('written', ['[tabby', '[[tabby]]', '[{a: b}]', '[' * 5000])
def test_what_only_begins_like_a_list_is_refused(written):
    with pytest.raises(ConfigError, match='^classes: .* is not a list, as in'):
        ClassifierConfig(classes=written)


@pytest.mark.parametrize('written', [[1.5], [True], ['a', None]])
def test_other_things_are_no_classes(written):
    with pytest.raises(ConfigError, match='is not a string or a list of strings or integers'):
        ClassifierConfig(classes=written)


@pytest.mark.parametrize(
    'written',
    [
        '{cat: [tabby, "tiger, cat"], 犬: pug, 7: [8, no]}',
        '{"cat": ["tabby", "tiger, cat"], "犬": ["pug"], "7": ["8", "no"]}',
        'cat: [tabby, "tiger, cat"]\n犬: [pug]\n7: [8, no]',
        {'cat': ['tabby', 'tiger, cat'], '犬': 'pug', 7: [8, 'no']},
    ],
)
def test_aliases_are_a_map_of_yaml_or_json_that_is_written_in_one_way(written):
    config = ClassifierConfig(class_aliases=written)
    assert config.class_aliases == (
        '{"cat": ["tabby", "tiger, cat"], "犬": ["pug"], "7": ["8", "no"]}'
    )
    assert parse_aliases(config.class_aliases)['犬'] == ('pug',)


def test_map_that_ros_took_apart_is_the_same():
    text = join_aliases({'cat': ['tabby', 'tiger, cat'], '犬': 'pug', '7': [8], 'none': None})
    assert text == '{"cat": ["tabby", "tiger, cat"], "犬": ["pug"], "7": ["8"], "none": []}'


@pytest.mark.parametrize(
    ('written', 'words'),
    [
        ('tabby', 'is not a map from names to lists of classes, as in {cat: '),
        ('[tabby]', 'is not a map'),
        ('{cat: {a: b}}', 'is not a map'),
        ('{cat: [tabby', 'is not a map'),
        ('{cat: []}', "the group 'cat' lacks a name or classes; write it as in {cat"),
        ('{cat: }', "the group 'cat' lacks a name or classes"),
        ('{"": [tabby]}', "the group '' lacks a name or classes"),
        ('{a: [tabby], b: [pug, tabby]}', "'tabby' is in the groups 'a' and 'b'; leave it in one"),
        ('{a: [tabby], a: [pug]}', "the group 'a' is there twice; join both"),
    ],
)
def test_map_that_cannot_be_meant_is_refused(written, words):
    with pytest.raises(ConfigError) as error:
        ClassifierConfig(class_aliases=written)
    assert str(error.value).startswith('class_aliases: ')
    assert words in str(error.value)
