// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// The part of the picture that is classified: a frame over the picture, which can be drawn anew.

import { ask } from './ask.js';
import { $ } from './dom.js';

const REPORTED_MS = 2500; // until the classifier's diagnostics have a region that was set
const WHOLE = '0 0 1 1'; // an empty text is the region of the model, if that has one
const SMALLEST = 0.02; // of width and height; less is a slip of the finger

// x, y, width, height in pixels or in parts of 1; null: the whole image
let reported = null; // by the classifier
let modelHasRegion = false;
let given = null; // set here
let givenAt = -REPORTED_MS;
let start = null; // of a rectangle that is being drawn, in parts of 1
let drawn = null; // the rectangle itself

function size() {
  const { naturalWidth, naturalHeight } = $('picture');
  return [naturalWidth, naturalHeight];
}

/** Return the region in parts of 1. */
function inParts([x, y, w, h]) {
  const [width, height] = size();
  return w <= 1 && h <= 1 ? [x, y, w, h] : [x / width, y / height, w / width, h / height];
}

/** Show it again: a picture that has come meanwhile has a size. */
export function repeatRegion() {
  const [width, height] = size();
  const region = performance.now() - givenAt > REPORTED_MS ? reported : given;
  const parts = drawn ?? (region && width ? inParts(region) : null);
  const choosing = $('choose-region').getAttribute('aria-pressed') === 'true';
  // Like the picture, a view box keeps its proportions within the frame.
  $('region').setAttribute('viewBox', `0 0 ${width || 4} ${height || 3}`);
  $('region').classList.toggle('choosing', choosing);
  for (const shape of $('region').children) shape.style.display = parts ? '' : 'none';
  if (!parts) return;
  const [x, y, w, h] = parts.map((part, index) => part * (index % 2 ? height : width));
  const [shade, outline] = $('region').children;
  shade.setAttribute('d', `M0 0H${width}V${height}H0zM${x} ${y}v${h}h${w}v${-h}z`);
  for (const [name, value] of Object.entries({ x, y, width: w, height: h })) outline.setAttribute(name, value);
}

/** Show the region that counts, null: the whole image; and whether the model has one, too. */
export function showRegion(numbers, ofModel) {
  reported = numbers;
  modelHasRegion = ofModel;
  repeatRegion();
}

/** Allow drawing, or not. */
export function followRegion(controls) {
  $('region-deeds').hidden = controls === null || controls.state === 'gone';
  if ($('region-deeds').hidden) stop();
  repeatRegion();
}

/** Return where a finger or a mouse is, in parts of the picture. */
function place(event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform($('region').getScreenCTM().inverse());
  return [at.x / size()[0], at.y / size()[1]].map((part) => Math.min(Math.max(part, 0), 1));
}

function stop() {
  $('choose-region').setAttribute('aria-pressed', 'false');
  start = drawn = null;
}

async function set(value) {
  if (await ask({ do: 'set', node: 'classifier', name: 'region', value }, $('region-words'))) {
    given = !value || value === WHOLE ? null : value.split(' ').map(Number);
    givenAt = performance.now();
    $('region-words').textContent = '';
  }
  repeatRegion();
}

$('choose-region').addEventListener('click', () => {
  const pressed = $('choose-region').getAttribute('aria-pressed') === 'true';
  stop();
  $('choose-region').setAttribute('aria-pressed', String(!pressed));
  $('region-words').classList.remove('refused');
  $('region-words').textContent = pressed ? '' : 'Draw a rectangle over the picture; Escape ends this. '
    + 'With the keyboard, type numbers into "region" below.';
  repeatRegion();
});

$('clear-region').addEventListener('click', () => {
  stop();
  set(modelHasRegion ? WHOLE : '');
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || $('choose-region').getAttribute('aria-pressed') !== 'true') return;
  stop();
  $('region-words').textContent = '';
  repeatRegion();
});

$('region').addEventListener('pointerdown', (event) => {
  if ($('choose-region').getAttribute('aria-pressed') !== 'true' || !size()[0]) return;
  event.preventDefault();
  $('region').setPointerCapture(event.pointerId);
  start = place(event);
});

$('region').addEventListener('pointermove', (event) => {
  if (!start) return;
  const end = place(event);
  const corner = start.map((part, index) => Math.min(part, end[index]));
  drawn = [...corner, ...start.map((part, index) => Math.abs(part - end[index]))];
  repeatRegion();
});

$('region').addEventListener('pointerup', () => {
  const parts = drawn;
  start = drawn = null;
  if (!parts || parts[2] < SMALLEST || parts[3] < SMALLEST) {
    repeatRegion();
    return;
  }
  stop();
  const [x, y, w, h] = parts.map((part) => Math.floor(part * 10000) / 10000); // stays within 1
  set([x, y, w, h].join(' '));
});

$('region').addEventListener('pointercancel', () => {
  start = drawn = null;
  repeatRegion();
});
