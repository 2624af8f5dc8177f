// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Shows the sections that the server sends at /state.

import { showCollection, showLabels } from './collection.js';
import { repeatControls, showControls } from './controls.js';
import { $, make, say } from './dom.js';
import { followModel, repeatModel } from './model.js';
import { repeatRegion, showRegion } from './region.js';

const KEPT_S = 300;
const LEVELS = ['ok', 'warn', 'error', 'stale'];

let offset = 0; // from this browser's clock to the server's, in seconds
let past = [];

function number(value, digits = 1) {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

function showTop(classes) {
  const list = $('top');
  $('no-top').hidden = classes.length > 0;
  while (list.children.length > classes.length) list.lastChild.remove();
  while (list.children.length < classes.length) {
    const item = make('li');
    const bar = make('span', 'bar');
    bar.append(make('span'));
    bar.setAttribute('aria-hidden', 'true');
    item.append(make('span', 'label'), make('span', 'score'), bar);
    list.append(item);
  }
  classes.forEach(([label, score], index) => {
    const [name, share, bar] = list.children[index].children;
    say(name, label);
    say(share, score < 0.0005 ? '< 0.1 %' : `${(100 * score).toFixed(score < 0.0995 ? 1 : 0)} %`);
    bar.firstChild.style.transform = `scaleX(${Math.min(Math.max(score, 0), 1)})`;
  });
}

function showStable(label) {
  $('stable').classList.toggle('none', !label);
  say($('stable'), label || 'none');
}

function showModel(model) {
  const parts = [model.name, model.runtime && `on ${model.runtime}`, model.kernels,
    model.classes && `${model.classes} classes`];
  say($('model'), parts.filter(Boolean).join(' · ') || 'no model is known yet');
  followModel(model);
}

function showPicture(picture) {
  const shown = picture !== null && !picture.stale;
  $('no-picture').hidden = shown;
  document.querySelector('.frame').classList.toggle('stale', !shown);
  say($('picture-words'), picture === null ? '' : picture.words);
  showRegion(picture?.region ?? null, picture?.model_has_region ?? false);
}

function showTroubles(sentences) {
  const lines = sentences.map((sentence) => make('p', 'trouble', sentence));
  const box = $('troubles');
  lines.forEach((line, index) => {
    if (box.children[index]) say(box.children[index], line.textContent);
    else box.append(line);
  });
  while (box.children.length > lines.length) box.lastChild.remove();
}

function tile(name, value, className = '') {
  const box = make('div', className);
  box.append(make('dt', '', name), make('dd', '', value));
  return box;
}

function showFigures(figures) {
  const tiles = [
    tile('classified', `${number(figures.fps)} fps`),
    tile('camera', `${number(figures.camera_fps)} fps`),
    tile('work on a frame', `${number(figures.work_ms)} ms`),
    tile('frames skipped', number(figures.skipped, 0)),
    tile('temperature', figures.temperature_c === null ? '–' : `${number(figures.temperature_c, 0)} °C`),
    tile('throttling', figures.throttling, figures.throttled ? 'warn' : ''),
  ];
  $('figures').replaceChildren(...tiles);
  const glance = [`${number(figures.fps)} fps`, `${number(figures.work_ms)} ms a frame`];
  if (figures.temperature_c !== null) glance.push(`${number(figures.temperature_c, 0)} °C`);
  if (figures.throttled) glance.push(figures.throttling);
  say($('glance'), glance.join(' · '));
  $('stages').replaceChildren(...figures.stages.map(([name, ...values]) => {
    const row = make('tr');
    const head = make('th', '', name);
    head.scope = 'row';
    row.append(head, ...values.map((value) => make('td', '', number(value))));
    return row;
  }));
}

function showDiagnostics(statuses) {
  $('no-statuses').hidden = statuses.length > 0;
  $('statuses').replaceChildren(...statuses.map(([name, level, message]) => {
    const item = make('li');
    const words = make('div');
    words.append(make('small', '', name), message);
    item.append(make('span', `level ${LEVELS[level]}`, LEVELS[level].toUpperCase()), words);
    return item;
  }));
}

// The history.

const order = new Map(); // labels in the order in which they were first seen

/** Return a hue; those of classes that follow each other are far apart (the golden angle). */
function hue(label) {
  if (!order.has(label)) order.set(label, order.size);
  return String((210 + order.get(label) * 137.5) % 360);
}

function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 60 ? `${seconds.toFixed(0)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

function showPast() {
  const now = performance.now() / 1000 + offset;
  const kept = past.filter(([, , end]) => end === null || end > now - KEPT_S);
  $('strip').replaceChildren(...kept.map(([label, start, end]) => {
    const left = Math.max(0, 1 - (now - start) / KEPT_S);
    const right = end === null ? 1 : 1 - (now - end) / KEPT_S;
    const piece = make('span', right - left < 0.06 ? 'narrow' : '', label);
    piece.style.left = `${100 * left}%`;
    piece.style.width = `${100 * Math.max(right - left, 0.002)}%`;
    piece.style.setProperty('--hue', hue(label));
    piece.title = label;
    return piece;
  }));
  $('changes').replaceChildren(...kept.slice(-6).reverse().map(([label, start, end]) => {
    const item = make('li');
    const patch = make('i');
    patch.style.setProperty('--hue', hue(label));
    const span = duration((end === null ? now : end) - start);
    const ago = now - end < 1 ? 'just now' : `${duration(now - end)} ago`;
    const when = end === null ? `for ${span}` : `for ${span}, until ${ago}`;
    item.append(patch, `${label} `, make('span', 'quiet', when));
    return item;
  }));
}

/** What shows each section, by its name. */
export const SHOW = {
  top: showTop,
  stable: showStable,
  model: showModel,
  picture: showPicture,
  troubles: showTroubles,
  figures: showFigures,
  diagnostics: showDiagnostics,
  controls: showControls,
  collection: showCollection,
  labels: showLabels,
  history: (segments) => { past = segments; showPast(); },
  clock: (seconds) => {
    offset = seconds - performance.now() / 1000;
    showPast();
    repeatControls();
    repeatModel();
    repeatRegion();
  },
};
