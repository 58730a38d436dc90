// A part of the page that is folded at first, and read while it is open.
import { read } from "./api.js";
import { h, show } from "./dom.js";
import { note } from "./table.js";

const longestAge = 10_000;

export class Fold {
  #document;
  #draw;
  #readAt = -Infinity;

  /** @param draw called with the body and the document, each time that it was read. */
  constructor({ title, about, document, draw }) {
    this.#document = document;
    this.#draw = draw;
    this.body = h("div", {}, note("…"));
    this.element = h("details", { ontoggle: () => this.tick() }, h("summary", {}, title), note(about), this.body);
  }

  /** A second has passed. */
  async tick() {
    const now = performance.now();
    if (!this.element.open || document.hidden || now - this.#readAt < longestAge) {
      return;
    }
    this.#readAt = now;
    try {
      this.#draw(this.body, await read(this.#document));
    } catch (problem) {
      show(this.body, note(problem.message));
    }
  }
}
