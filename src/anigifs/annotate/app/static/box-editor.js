/**
 * Draw and change the box of the acting character on the frame that is shown.
 *
 * Mouse, pen, touch: drag on the picture for a new box, inside it to move, a corner to resize.
 * Keyboard: arrows move, Shift+arrows resize, Delete removes the key frame, Shift+Delete all.
 * Event "change": the track or the mode changed.
 */

import { moved, resized, tidy } from "./box-track.js";

const STEP = 0.01;
const FIRST = { x1: 0.25, y1: 0.25, x2: 0.75, y2: 0.75 };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const percent = (value) => `${Math.round(100 * value)} %`;

export class BoxEditor extends EventTarget {
  active = false;
  track = null;
  #layer;
  #box;
  #player;
  #say;
  #drag = null;

  /** layer: the element over the canvas, with a .box inside; say(text): tell a screen reader. */
  constructor(layer, player, say) {
    super();
    this.#layer = layer;
    this.#box = layer.querySelector(".box");
    this.#player = player;
    this.#say = say;
    layer.addEventListener("keydown", (event) => this.#key(event));
    layer.addEventListener("pointerdown", (event) => this.#down(event));
    layer.addEventListener("pointermove", (event) => this.#move(event));
    layer.addEventListener("pointerup", () => this.#up());
    layer.addEventListener("pointercancel", () => this.#up());
    player.addEventListener("change", () => this.draw());
  }

  show(track) {
    this.track = track;
    this.toggle(false);
  }

  toggle(active = !this.active) {
    const was = this.active;
    this.active = active && this.track !== null;
    if (this.active) {
      this.#player.pause();
      this.#layer.hidden = false;
      this.#layer.focus({ preventScroll: true });
      this.#say("Box mode. Arrows move, shift and arrows resize, Escape ends.");
    }
    this.draw();
    if (was !== this.active) this.#changed();
  }

  /** Remove the box of this key frame, or all boxes. */
  remove(all = false) {
    if (!this.track) return;
    if (all) this.track.clear();
    else if (!this.track.delete(this.#player.index)) {
      this.#say("This frame is no key frame.");
      return;
    }
    this.#say(all ? "All boxes removed." : `Box of frame ${this.#player.index + 1} removed.`);
    this.draw();
    this.#changed();
  }

  draw() {
    const found = this.track?.at(this.#player.index) ?? null;
    const here = found?.kind === "outside" && !this.active ? null : found;
    this.#layer.hidden = !this.active && !here;
    this.#layer.classList.toggle("active", this.active);
    this.#layer.tabIndex = this.active ? 0 : -1;
    this.#box.hidden = !here;
    if (!here) return;
    this.#box.dataset.kind = here.kind;
    const { x1, y1, x2, y2 } = here.box;
    Object.assign(this.#box.style, {
      left: `${100 * x1}%`, top: `${100 * y1}%`,
      width: `${100 * (x2 - x1)}%`, height: `${100 * (y2 - y1)}%`,
    });
  }

  #put(box, quiet = false) {
    this.#player.pause();
    this.track.set(this.#player.index, box);
    this.draw();
    this.#changed();
    if (!quiet) this.#tell(box);
  }

  #tell({ x1, y1, x2, y2 }) {
    this.#say(
      `Box on frame ${this.#player.index + 1}: left ${percent(x1)}, top ${percent(y1)}, ` +
        `${percent(x2 - x1)} wide, ${percent(y2 - y1)} high.`,
    );
  }

  #key(event) {
    const arrow = ARROWS[event.key];
    if (!this.active || event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) {
      const [dx, dy] = arrow.map((sign) => sign * STEP);
      const here = this.track.at(this.#player.index);
      const change = event.shiftKey ? resized : moved;
      this.#put(here ? change(here.box, dx, dy) : FIRST);
    } else if (event.key === "Enter") {
      this.#put(this.track.at(this.#player.index)?.box ?? FIRST);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remove(event.shiftKey);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #down(event) {
    if (!this.active || event.button > 0 || !this.track) return;
    event.preventDefault();
    this.#player.pause();
    this.#layer.focus({ preventScroll: true });
    this.#layer.setPointerCapture(event.pointerId);
    const at = this.#place(event);
    const here = this.track.at(this.#player.index);
    const corner = event.target.dataset?.corner;
    if (here && corner) this.#drag = { anchor: opposite(here.box, corner) };
    else if (here && event.target === this.#box) this.#drag = { from: at, box: here.box };
    else this.#drag = { anchor: at };
  }

  #move(event) {
    if (!this.#drag) return;
    const at = this.#place(event);
    const { anchor, from, box } = this.#drag;
    if (anchor) this.#put(tidy({ x1: anchor.x, y1: anchor.y, x2: at.x, y2: at.y }), true);
    else this.#put(moved(box, at.x - from.x, at.y - from.y), true);
  }

  #up() {
    if (!this.#drag) return;
    this.#drag = null;
    const here = this.track.at(this.#player.index);
    if (here) this.#tell(here.box);
  }

  #place(event) {
    const area = this.#layer.getBoundingClientRect();
    const part = (value, size) => Math.max(0, Math.min(1, value / size));
    return {
      x: part(event.clientX - area.left, area.width),
      y: part(event.clientY - area.top, area.height),
    };
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function opposite(box, corner) {
  return { x: corner.includes("w") ? box.x2 : box.x1, y: corner.includes("n") ? box.y2 : box.y1 };
}
