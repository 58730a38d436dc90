// A long list of rows of the same height, of which only those near the window are in the document.
import { h } from "./dom.js";

const beyond = 12;
const most = 150;

export class VirtualRows {
  #rows = [];
  #shown = new Map();
  #make;
  #update;
  #drawn = 0;

  /** @param make makes the element of a row; @param update has it show what the row says now */
  constructor(make, update) {
    this.#make = make;
    this.#update = update;
    this.spacer = h("div", { class: "spacer", role: "rowgroup" });
    this.element = h("div", { class: "scroller", onscroll: () => this.#drawSoon() }, this.spacer);
    new ResizeObserver(() => this.#drawSoon()).observe(this.element);
  }

  /** The rows in the document, with their elements. */
  get shown() {
    return [...this.#shown.values()];
  }

  set rows(rows) {
    this.#rows = rows;
    this.draw();
  }

  /** Moves the focus by so many rows. */
  moveFocus(by) {
    const focused = this.shown.find(({ element }) => element.contains(document.activeElement));
    const target = Math.min(Math.max(focused ? focused.index + by : 0, 0), this.#rows.length - 1);
    if (target < 0) {
      return;
    }
    const height = this.#height();
    const { scrollTop, clientHeight } = this.element;
    if (target * height < scrollTop || (target + 1) * height > scrollTop + clientHeight) {
      this.element.scrollTop = target * height - clientHeight / 2;
    }
    this.draw();
    this.#shown.get(this.#rows[target].key)?.element.querySelector("a, button").focus({ preventScroll: true });
  }

  draw() {
    const height = this.#height();
    this.spacer.style.height = `${this.#rows.length * height}px`;
    const first = Math.max(0, Math.floor(this.element.scrollTop / height) - beyond);
    const last = Math.min(this.#rows.length, Math.ceil((this.element.scrollTop + this.element.clientHeight) / height) + beyond, first + most);
    const wanted = new Map();
    for (let index = first; index < last; index++) {
      wanted.set(this.#rows[index].key, index);
    }
    // What has the focus stays in the document, wherever it is by now.
    const focused = this.shown.find(({ element }) => element.contains(document.activeElement));
    if (focused && !wanted.has(focused.key)) {
      const index = this.#rows.findIndex((row) => row.key === focused.key);
      if (index >= 0) {
        wanted.set(focused.key, index);
      }
    }
    for (const [key, { element }] of this.#shown) {
      if (!wanted.has(key)) {
        element.remove();
        this.#shown.delete(key);
      }
    }
    for (const [key, index] of wanted) {
      this.#place(key, index, height);
    }
    this.#order();
  }

  #place(key, index, height) {
    const row = this.#rows[index];
    if (!this.#shown.has(key)) {
      this.#shown.set(key, { key, element: this.#make(row) });
    }
    const shown = this.#shown.get(key);
    shown.row = row;
    shown.index = index;
    shown.element.style.transform = `translateY(${index * height}px)`;
    // The head of the table is its first row.
    shown.element.setAttribute("aria-rowindex", index + 2);
    this.#update(shown.element, row);
  }

  // As they are seen: the order in which Tab and a screen reader go through them. What is in its place is not touched, and keeps the focus.
  #order() {
    let before = null;
    for (const { element } of this.shown.sort((a, b) => a.index - b.index)) {
      const place = before ? before.nextSibling : this.spacer.firstChild;
      if (place !== element) {
        if (element.contains(document.activeElement)) {
          // Its neighbours move around it.
          while (element.previousSibling && element.previousSibling !== before) {
            element.after(element.previousSibling);
          }
        } else {
          this.spacer.insertBefore(element, place);
        }
      }
      before = element;
    }
  }

  #drawSoon() {
    if (!this.#drawn) {
      this.#drawn = requestAnimationFrame(() => {
        this.#drawn = 0;
        this.draw();
      });
    }
  }

  #height() {
    return parseFloat(getComputedStyle(this.element).getPropertyValue("--row")) || 44;
  }
}
