# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""A model to a robot: by ssh, with its line in the parameter file of the running node."""
