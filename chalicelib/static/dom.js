// Building blocks of the page. Text goes in as text, never as markup.

const REMEMBERED = 5;
const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element; attributes that are null or false are left out, and so are children that are null. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null));
  return element;
}

/** Change a text only when it is another one, so that nothing is painted or read out anew. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Say something to screen readers when they are done with what they say; the few latest sentences stay. */
export function announce(text) {
  const log = byId("announcements");
  log.append(h("p", {}, text));
  while (log.children.length > REMEMBERED) log.firstChild.remove();
}

/** Terms with their values as a description list; values that are null are left out. */
export function facts(pairs) {
  return pairs
    .filter(([, value]) => value !== null)
    .map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value)));
}
