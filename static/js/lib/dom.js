// @ts-check
/** Building and finding elements. Data becomes text nodes and attributes here, never markup. */

const icon_file = new URL('../../img/icons.svg', import.meta.url).href;

/**
 * @param {string} tag
 * @param {Record<string, any> | null} [props] `on…` listeners, `text`, `class`, `dataset`, everything else an attribute (false and null: left out)
 * @param {...(Node | string | null | false | undefined)} children
 * @returns {HTMLElement}
 */
export function el(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'text') node.textContent = value;
    else if (key === 'dataset') Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) if (child !== null && child !== false && child !== undefined) node.append(child);
  return node;
}

/**
 * An element of the page's own markup; a missing one is our mistake, not the user's.
 * @template {Element} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, root = document) {
  const node = root.querySelector(selector);
  if (!node) throw new Error(`no ${selector} in the page`);
  return /** @type {T} */ (/** @type {unknown} */ (node));
}

/** @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [key, value] of [['class', 'icon'], ['width', '20'], ['height', '20'], ['aria-hidden', 'true'], ['focusable', 'false']]) svg.setAttribute(key, value);
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${icon_file}#${name}`);
  svg.append(use);
  return svg;
}

/** Swaps the drawing of an icon that is in the page. @param {Element} holder @param {string} name */
export function set_icon(holder, name) {
  const use = holder.querySelector('use');
  const href = `${icon_file}#${name}`;
  if (use && use.getAttribute('href') !== href) use.setAttribute('href', href);
}

/** Writes only when it differs, so that screen readers and layout are left in peace. @param {Element} node @param {string} text */
export function set_text(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string | null} value */
export function set_attribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}
