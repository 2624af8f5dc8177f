# Copyright 2026 The rpi_classifier authors
# SPDX-License-Identifier: Apache-2.0

"""Measuring models: each in a process of its own, in turns, with a table at the end."""
