// Elements. Text is always text: nothing here reads markup, so that a name or a reason cannot bring any.

const svgNamespace = "http://www.w3.org/2000/svg";

/** Makes an element: h("p", {class: "reason"}, "text", child, null). A property that begins with "on" is a listener. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Makes an element of a drawing. */
export function s(tag, properties, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false && child !== "") {
      element.append(child);
    }
  }
}

/** Has an element hold these children and no others. */
export function show(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/** Sets a text where it is another one: what a screen reader has read once it does not read again. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
