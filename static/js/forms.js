// @ts-check
// What is wrong with a form is said at its fields, in the page's language, before it is sent: the sentences stand in the page as
// data-missing, data-short and data-malformed. Forms are novalidate, so a browser's own bubbles, in its own language, stay away, and
// without script the server says the same sentences. For every page; the room page fetches it with the first dialog that has such a field.
// A field without a sentence is the server's to judge.

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Field */

/** @param {Field} field @returns {string} what to say at it, "" when nothing is wrong */
function sentence_of(field) {
  const { missing = '', short = '', malformed = '' } = field.dataset;
  const empty = field.type === 'password' ? field.value === '' : field.value.trim() === '';
  if (empty) return field.required ? missing : '';
  if (field.minLength > 0 && field.value.length < field.minLength) return short;
  return field.validity.typeMismatch ? malformed : '';
}

/** Below the field, or below the whole row where field and button stand beside each other. @param {Field} field */
function error_of(field) {
  const id = `${field.id}-error`;
  const known = document.getElementById(id);
  if (known) return known;
  const error = document.createElement('p');
  error.id = id;
  error.className = 'field-error';
  (field.closest('.row-form') ?? field.closest('.field') ?? field.parentElement)?.append(error);
  return error;
}

/** @param {Field} field @param {string} sentence "" when nothing is wrong any more */
function say(field, sentence) {
  if (!sentence && !field.hasAttribute('aria-invalid')) return;
  const error = error_of(field);
  const described = (field.getAttribute('aria-describedby') ?? '').split(' ').filter((id) => id && id !== error.id);
  error.textContent = sentence;
  error.hidden = sentence === '';
  if (sentence) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
  field.setAttribute('aria-describedby', [...described, ...(sentence ? [error.id] : [])].join(' '));
  if (!field.getAttribute('aria-describedby')) field.removeAttribute('aria-describedby');
}

/** @param {EventTarget | null} target @returns {target is Field} */
const is_field = (target) => (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) && ['missing', 'short', 'malformed'].some((name) => name in target.dataset);

document.addEventListener('submit', (event) => {
  const wrong = [.../** @type {HTMLFormElement} */ (event.target).elements].filter((element) => {
    if (!is_field(element) || element.disabled || element.closest('[hidden]')) return false;
    const sentence = sentence_of(element);
    say(element, sentence);
    return sentence !== '';
  });
  if (!wrong.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  /** @type {HTMLElement} */ (wrong[0]).focus();
}, true);

// What is being mended is not complained about.
document.addEventListener('input', ({ target }) => { if (is_field(target)) say(target, ''); });
