// Copyright 2026 The rpi_classifier authors
// SPDX-License-Identifier: Apache-2.0

// Watches /state and /picture, again and again, while somebody sees the page; saves pictures.

import { $, make, say } from './dom.js';
import { SHOW } from './sections.js';

const RETRY_MS = 1000;
const SILENT_MS = 5000; // the server sends a clock every second

let watching = null; // the request for /state, or null

function showConnection(words, className) {
  $('connection').className = `badge ${className}`;
  say($('connection'), words);
}

function showEvent(text) {
  const event = /^event: (.*)$/m.exec(text);
  const data = /^data: (.*)$/m.exec(text);
  if (event && data && SHOW[event[1]]) SHOW[event[1]](JSON.parse(data[1]));
}

/** Read events until the connection ends; an error says why. */
async function read(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error('the connection is lost');
    heard();
    const events = (rest + value).split('\n\n');
    rest = events.pop();
    events.forEach(showEvent);
  }
}

async function watch() {
  if (watching || document.hidden) return;
  const request = watching = new AbortController();
  let silence = 0;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => request.abort(), SILENT_MS);
  };
  try {
    heard();
    const answer = await fetch('/state', { signal: request.signal, cache: 'no-store' });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error((await answer.text()).trim());
    showConnection('live', 'live');
    // Another address, or the browser would not ask again.
    $('picture').src = `/picture?${Date.now()}`;
    await read(answer.body, heard);
  } catch (error) {
    const known = error instanceof Error && !['AbortError', 'TypeError'].includes(error.name);
    if (!document.hidden) showConnection(`${known ? error.message : 'the connection is lost'}; trying again`, 'lost');
  } finally {
    clearTimeout(silence);
    request.abort();
    watching = null;
    $('picture').removeAttribute('src');
    document.querySelector('.frame').classList.add('stale');
    $('no-picture').hidden = false;
  }
  setTimeout(watch, RETRY_MS);
}

// A tab that nobody sees watches nothing.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) watching?.abort(); else watch();
});

$('snapshot').addEventListener('click', async () => {
  $('snapshot').disabled = true;
  try {
    const answer = await fetch('/snapshot.jpg', { cache: 'no-store' });
    if (!answer.ok) throw new Error((await answer.text()).trim());
    const link = make('a');
    link.download = /filename="(.*)"/.exec(answer.headers.get('Content-Disposition'))[1];
    link.href = URL.createObjectURL(await answer.blob());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say($('snapshot-words'), '');
  } catch (error) {
    say($('snapshot-words'), `The picture was not saved: ${error.message}`);
  } finally {
    $('snapshot').disabled = false;
  }
});

watch();
