// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Pictures for own classes: the one that is seen now, and those that the classifier kept.

import { ask } from './ask.js';
import { $, make, say } from './dom.js';

let labels = []; // of the model
let folders = []; // classes that have one

function percent(score) {
  return `${(100 * score).toFixed(0)}\u00a0%`;
}

/** Suggest the classes that are there, and then those of the model. */
function suggest() {
  const names = [...new Set([...folders, ...labels])];
  const list = $('class-names');
  if (names.join('\n') === [...list.children].map((one) => one.value).join('\n')) return;
  list.replaceChildren(...names.map((name) => new Option('', name)));
}

/** Make the picture that the classifier kept, with the class that is to be confirmed. */
function item({ id, reason, guesses }) {
  const box = make('li');
  box.id = `kept-${id}`;
  const guess = guesses.length ? guesses[0][0] : '';
  const picture = make('img');
  picture.src = `/kept/${id}.jpg`;
  picture.alt = guess ? `Taken for ${guess}` : 'A picture without a guess';
  picture.loading = 'lazy';
  const said = guesses.map(([label, score]) => `${label} ${percent(score)}`).join(', ') || 'no guess';
  const words = make('p', 'said');
  words.setAttribute('role', 'status');
  const form = make('form');
  const label = make('label', 'quiet', 'Class');
  const field = make('input');
  label.htmlFor = field.id = `kept-class-${id}`;
  field.value = guess;
  field.setAttribute('list', 'class-names');
  field.autocomplete = 'off';
  field.required = true;
  const confirm = make('button', '', 'Confirm');
  const dismiss = make('button', 'second', 'Dismiss');
  dismiss.type = 'button';
  const buttons = make('span');
  buttons.append(confirm, dismiss);
  form.append(label, field, buttons);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sort(box, { do: 'confirm', id, class: field.value.trim() }, words);
  });
  dismiss.addEventListener('click', () => sort(box, { do: 'dismiss', id }, words));
  box.append(picture, make('p', 'quiet', reason ? `${said} (${reason})` : said), form, words);
  return box;
}

async function sort(box, deed, words) {
  const buttons = box.querySelectorAll('button');
  const focused = box.contains(document.activeElement); // a disabled button is not any more
  const next = box.nextElementSibling ?? box.previousElementSibling;
  for (const button of buttons) button.disabled = true;
  if (await ask(deed, words)) {
    $('collect-words').classList.remove('refused');
    say($('collect-words'), words.textContent);
    box.remove();
    if (focused) (next?.isConnected ? next.querySelector('button') : $('class-name')).focus();
  }
  for (const button of buttons) button.disabled = false;
}

/** Show the names of the model's classes. */
export function showLabels(names) {
  labels = names;
  suggest();
}

/** Show the classes and what the classifier kept; null: nothing is collected. */
export function showCollection(section) {
  $('collect').hidden = section === null;
  document.querySelector('main').classList.toggle('collecting', section !== null);
  if (section === null) return;
  const { folder = '', counts = [], kept = [], more = 0, words = '' } = section;
  if (words) {
    say($('class-counts'), words);
    return;
  }
  folders = counts.map(([name]) => name);
  suggest();
  const numbers = counts.map(([name, count]) => `${name} ${count}`).join(' · ');
  say($('class-counts'), `${folder}: ${numbers || 'no pictures yet'}`);
  const wanted = kept.map((one) => $(`kept-${one.id}`) ?? item(one)); // what is typed into one stays
  const shown = [...$('kept').children];
  if (wanted.length !== shown.length || wanted.some((one, index) => one !== shown[index])) {
    for (const one of shown) if (!wanted.includes(one)) one.remove();
    wanted.forEach((one, index) => {
      if ($('kept').children[index] !== one) $('kept').insertBefore(one, $('kept').children[index] ?? null);
    });
  }
  say($('more-kept'), kept.length ? (more ? `and ${more} older ones` : '') : 'none waits');
}

$('keep-picture').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (document.querySelector('.frame').classList.contains('stale')) {
    $('collect-words').classList.add('refused');
    $('collect-words').textContent = 'no picture came; start the camera, and try again';
    return;
  }
  const button = event.target.querySelector('button');
  button.disabled = true;
  await ask({ do: 'collect', class: $('class-name').value.trim() }, $('collect-words'));
  button.disabled = false;
});
