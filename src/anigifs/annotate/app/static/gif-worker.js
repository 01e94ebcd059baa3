/**
 * Decodes GIFs away from the page, a few milliseconds at a time, the most urgent file first.
 *
 * In:  {type: "open", job, bytes, urgency}, {type: "urgency", job, urgency}, {type: "drop", job}
 * Out: {type: "opened", job, facts}, {type: "frame", job, index, pixels}, {type: "done", job},
 *      {type: "failed", job, kind, message}
 * A lower urgency number goes first. Frames of files that would need more than BUDGET_PX pixels
 * of memory are shrunk by a whole factor; facts.shrink says so.
 */

import { frames, open } from "./gif.js";

const BUDGET_PX = 24 * 2 ** 20;
const SLICE_MS = 12;
const jobs = new Map();
const pulse = new MessageChannel();
let busy = false;

pulse.port1.onmessage = work;
self.onmessage = ({ data }) => {
  if (data.type === "open") start(data);
  else if (data.type === "drop") jobs.delete(data.job);
  else if (jobs.has(data.job)) jobs.get(data.job).urgency = data.urgency;
  wake();
};

function wake() {
  if (!busy && jobs.size) {
    busy = true;
    pulse.port2.postMessage(null);
  }
}

function start({ job, bytes, urgency }) {
  try {
    const data = new Uint8Array(bytes);
    const facts = open(data);
    const size = shrunk(facts);
    const { width, height, loops, ending, rawDelaysMs, delaysMs } = facts;
    jobs.set(job, { job, urgency, size, width, index: 0, steps: frames(data, facts) });
    self.postMessage({
      type: "opened", job, facts: { width, height, loops, ending, rawDelaysMs, delaysMs, ...size },
    });
  } catch (error) {
    fail(job, error);
  }
}

function shrunk({ width, height, images }) {
  const whole = width * height * images.length;
  const shrink = Math.max(1, Math.ceil(Math.sqrt(whole / BUDGET_PX)));
  return {
    shrink,
    pixelWidth: Math.max(1, Math.floor(width / shrink)),
    pixelHeight: Math.max(1, Math.floor(height / shrink)),
  };
}

function work() {
  busy = false;
  const [next] = [...jobs.values()].sort((a, b) => a.urgency - b.urgency || a.job - b.job);
  if (!next) return;
  try {
    const until = performance.now() + SLICE_MS;
    do step(next);
    while (jobs.has(next.job) && performance.now() < until);
  } catch (error) {
    fail(next.job, error);
  }
  wake();
}

function step(job) {
  const { value, done } = job.steps.next();
  if (done) {
    jobs.delete(job.job);
    self.postMessage({ type: "done", job: job.job });
    return;
  }
  const pixels = sampled(value, job).buffer;
  self.postMessage({ type: "frame", job: job.job, index: job.index++, pixels }, [pixels]);
}

/** A copy of the canvas, every shrink-th pixel of it. */
function sampled(canvas, { size, width }) {
  if (size.shrink === 1) return canvas.slice();
  const out = new Uint32Array(size.pixelWidth * size.pixelHeight);
  for (let y = 0, k = 0; y < size.pixelHeight; y++) {
    const from = y * size.shrink * width;
    for (let x = 0; x < size.pixelWidth; x++) out[k++] = canvas[from + x * size.shrink];
  }
  return out;
}

function fail(job, error) {
  jobs.delete(job);
  const kind = error.kind ?? "broken";
  self.postMessage({ type: "failed", job, kind, message: String(error.message) });
}
