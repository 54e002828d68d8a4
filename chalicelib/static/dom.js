// Building blocks of the page. Text goes in as text, never as markup.

const REMEMBERED = 5;
const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element; attributes that are null or false are left out, and so are children that are null. */
export function h(tag, attributes = {}, ...children) {
  const whole = children.flat().filter((child) => child !== null);
  const broken = whole.flatMap((child) => (typeof child === "string" ? breakable(child) : [child]));
  return filled(document.createElement(tag), attributes, broken);
}

export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** A text whose long numbers break, if they must, between thousands or before the point; it reads and copies whole. */
function breakable(text) {
  const parts = text.split(/(?<=\d,)(?=\d{3})|(?<=,\d{3})(?=\.\d{4})/);
  return parts.flatMap((part, index) => (index ? [document.createElement("wbr"), part] : [part]));
}

/** Change a text only when it is another one, so that nothing is painted or read out anew. */
export function write(element, text) {
  if (element.textContent !== text) element.replaceChildren(...breakable(text));
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
