# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""
Loads a model as the classifier node does, where it may die.

usage: python -m rpi_classifier.probes.load_probe CONFIG PARENT

CONFIG is JSON: the values of a ClassifierConfig. PARENT is the process that asks.
Prints one line of JSON: that the model is loaded, or why it is refused.
"""

from __future__ import annotations

import json
import signal
import sys

from rpi_classifier.bringup.parent_death import end_with_parent
from rpi_classifier.config import ClassifierConfig
from rpi_classifier.errors import RpiClassifierError
from rpi_classifier.inference.classifier import Classifier


def main() -> None:
    """Load it."""
    end_with_parent(signal.SIGKILL, int(sys.argv[2]))
    try:
        Classifier.load(ClassifierConfig(**json.loads(sys.argv[1])))
    except RpiClassifierError as error:
        print(json.dumps({'refusal': str(error)}), flush=True)
    else:
        print(json.dumps({'loaded': True}), flush=True)


if __name__ == '__main__':
    main()
