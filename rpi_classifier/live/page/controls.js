// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// The controls: fields made from the descriptions of parameters.

import { ask } from './ask.js';
import { $, make } from './dom.js';
import { followRegion } from './region.js';

const DEEDS = { active: 'Pause', inactive: 'Resume', unconfigured: 'Start' }; // by the state

let shape = ''; // of the fields that are shown, as text
let busy = false;
let newest = null; // what the server said last, also while something was under way

/** Make the inputs of a parameter; all of them show the same value. */
function inputs(parameter, id) {
  const { type, minimum, maximum, step, choices } = parameter;
  if (type === 'bool') {
    const box = make('input');
    box.type = 'checkbox';
    box.id = id;
    return [box];
  }
  if (choices.length) {
    const select = make('select');
    select.id = id;
    for (const [value, text] of choices) select.append(new Option(text, value));
    return [select];
  }
  const field = make('input');
  field.id = id;
  if (type === 'string') return [field];
  field.type = 'number';
  field.step = step || (type === 'integer' ? 1 : 'any');
  field.inputMode = type === 'integer' ? 'numeric' : 'decimal';
  // A slider from 1 to 1000 would be too coarse for top_k; cameras name their steps.
  if (minimum === null || (maximum - minimum > 10 && !step) || maximum - minimum > 1e5) return [field];
  const slider = make('input');
  slider.type = 'range';
  slider.min = minimum;
  slider.max = maximum;
  slider.step = step || (type === 'integer' ? 1 : (maximum - minimum) / 100);
  slider.setAttribute('aria-labelledby', `${id}-label`);
  return [slider, field];
}

function given(input, type) {
  if (type === 'bool') return input.checked;
  return type === 'string' ? input.value : Number(input.value);
}

function put(input, value) {
  if (input.type === 'checkbox') input.checked = value;
  else input.value = String(value);
}

function row(parameter) {
  const { node, name, type, description } = parameter;
  const id = `${node}.${name}`;
  const box = make('div', 'parameter');
  const label = make('label', '', name.replaceAll('_', ' '));
  label.htmlFor = id;
  label.id = `${id}-label`;
  const fields = make('div', 'fields');
  fields.append(...inputs(parameter, id));
  fields.classList.toggle('single', fields.children.length === 1);
  const hint = make('p', 'quiet', description);
  hint.id = `${id}-hint`;
  const words = make('p', '', '');
  words.setAttribute('role', 'status');
  for (const input of fields.children) {
    input.setAttribute('aria-describedby', hint.id);
    input.addEventListener('input', () => {
      box.touched = Date.now();
      for (const other of fields.children) if (other !== input) put(other, input.value);
    });
    input.addEventListener('change', async () => {
      const done = await ask({ do: 'set', node, name, value: given(input, type) }, words);
      if (done) words.textContent = '';
      else for (const one of fields.children) put(one, box.value);
      box.touched = done ? Date.now() : 0;
    });
  }
  box.append(label, fields, hint, words);
  return box;
}

function showValues(parameters) {
  parameters.forEach(({ value }, index) => {
    const box = $('parameters').children[index];
    box.value = value;
    const fields = [...box.querySelectorAll('input, select')];
    // What is being changed is left alone until the node has had time to answer.
    if (Date.now() - (box.touched || 0) < 3000) return;
    for (const input of fields) {
      const typing = document.activeElement === input && ['number', 'text'].includes(input.type);
      if (!typing) put(input, value);
    }
  });
}

/** Show the controls; null: there are none. */
export function showControls(controls) {
  newest = controls;
  $('controls').hidden = controls === null;
  followRegion(controls);
  if (controls === null) return;
  if (!busy) {
    $('pause').textContent = DEEDS[controls.state] ?? 'Pause';
    $('pause').dataset.do = controls.state === 'active' ? 'pause' : 'resume';
    $('pause').disabled = !(controls.state in DEEDS);
  }
  if (document.activeElement !== $('new-model')) $('new-model').value = controls.model;
  const wanted = JSON.stringify(controls.parameters.map((one) => ({ ...one, value: 0 })));
  if (wanted !== shape) {
    shape = wanted;
    $('parameters').replaceChildren(...controls.parameters.map(row));
  }
  showValues(controls.parameters);
}

/** Show them again: what somebody was typing into may be brought up to date by now. */
export function repeatControls() {
  if (newest) showControls(newest);
}

$('pause').addEventListener('click', async () => {
  busy = true;
  $('deed-words').classList.remove('refused');
  $('deed-words').textContent = 'asking the classifier';
  $('pause').disabled = true;
  await ask({ do: $('pause').dataset.do }, $('deed-words'));
  busy = false;
  repeatControls();
});
