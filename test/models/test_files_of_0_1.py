# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""What version 0.1 wrote keeps working: see test/fixtures/v0.1/README.md."""

from pathlib import Path

import pytest
from support.colours import colour_image, LABELS
import yaml

from rpi_classifier.config import CameraConfig, ClassifierConfig
from rpi_classifier.inference.classifier import Classifier
from rpi_classifier.models.load import name_in_file
from rpi_classifier.versions import installed

FILES = Path(__file__).resolve().parent.parent / 'fixtures' / 'v0.1'


@pytest.mark.parametrize('name', ['colours.pt', 'colours.pte'])
def test_model_loads_and_gives_its_known_answers(name):
    if name.endswith('.pte') and installed('executorch') != '1.5.1':
        pytest.skip('the file needs executorch 1.5.1; scripts/setup --with-executorch')
    assert name_in_file(str(FILES / name)) == 'colours'
    classifier = Classifier.load(ClassifierConfig(model=str(FILES / name)))
    assert (classifier.labels, classifier.weights_backend) == (LABELS, 'qnnpack')
    assert 'passed' in classifier.runtime.info.known_answer
    for index, label in enumerate(LABELS):
        assert classifier.classify(colour_image(index)).predictions[0].label == label


@pytest.mark.parametrize(
    ('node', 'kind'), [('camera', CameraConfig), ('classifier', ClassifierConfig)]
)
def test_parameter_file_is_accepted(node, kind):
    content = yaml.safe_load((FILES / 'classifier.yaml').read_text())
    values = content[f'/**/{node}']['ros__parameters']
    assert values
    assert kind(**values)
