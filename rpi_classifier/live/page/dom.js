// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Elements and their texts. A text is put in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

/** Make an element with a class and a text. */
export function make(tag, className = '', text = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Replace a text only if it differs, so that screen readers do not repeat it. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
