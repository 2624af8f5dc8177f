// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Requests that change something, and what nodes answer.

/** Ask the server to do something, and put its answer into an element. */
export async function ask(deed, words) {
  words.classList.remove('refused');
  try {
    const answer = await fetch('/control', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Live-View': '1' },
      body: JSON.stringify(deed),
    });
    const text = await answer.text();
    if (answer.ok) {
      words.textContent = JSON.parse(text).done;
      return true;
    }
    words.textContent = answer.status === 409 ? JSON.parse(text).refused : text.trim();
  } catch {
    words.textContent = 'the live page does not answer';
  }
  words.classList.add('refused');
  return false;
}
