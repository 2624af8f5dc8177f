// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Another model: the form, and what the classifier's status says of it until it runs or is refused.

import { ask } from './ask.js';
import { $, say } from './dom.js';

const REPORTED_MS = 3000; // until the status follows what was asked for

let newest = null; // what the classifier said last
let shown = ''; // what of it was put into words; empty: nothing since another model was asked for
let askedAt = -REPORTED_MS;
let awaited = false; // whether to say that a model is loaded

/** Show it again: it may be newer than what was asked for by now. */
export function repeatModel() {
  if (!newest || performance.now() - askedAt < REPORTED_MS) return;
  const { name, running, loading, refused } = newest;
  const news = JSON.stringify([name, running, loading, refused]);
  if (news === shown) return; // what was refused since then at once stays
  let words = '';
  if (loading) words = `loading ${loading}; ${name} goes on`;
  else if (refused) words = `${refused}; ${name} goes on`;
  else if (awaited && running) words = `${running} is loaded`;
  else if (awaited && !shown) return; // it is loaded when the classifier is started
  shown = news;
  awaited = Boolean(loading);
  $('model-words').classList.toggle('refused', Boolean(refused) && !loading);
  say($('model-words'), words);
}

/** Show what the classifier says of its model, and of another one. */
export function followModel(model) {
  newest = model;
  repeatModel();
}

$('change-model').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = event.target.querySelector('button');
  button.disabled = true;
  askedAt = performance.now();
  if (await ask({ do: 'model', model: $('new-model').value.trim() }, $('model-words'))) {
    askedAt = performance.now();
    shown = '';
    awaited = true;
    $('new-model').blur(); // from now on it follows the parameter
  }
  button.disabled = false;
});
