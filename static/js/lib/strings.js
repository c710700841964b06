// @ts-check
/**
 * The words people see, by key, in the language of the page (docs/strings.md). The page preloads its one catalogue; without a page, as in
 * unit tests, it is English.
 */

/** @typedef {keyof typeof import('../strings/en.js').default} Key */
/** @typedef {Record<string, string | number>} Values */
/** @typedef {string | {one: string, other: string}} Text */

/** The words of one catalogue. Pure. @param {Record<string, Text>} catalogue @param {string} language */
export function make_strings(catalogue, language) {
  const plural = new Intl.PluralRules(language);
  const figure = new Intl.NumberFormat(language, { useGrouping: false });

  /** @param {Key} key @param {Record<string, any>} [values] */
  function pattern(key, values) {
    const text = catalogue[key];
    if (typeof text === 'string') return text;
    return text[/** @type {'one' | 'other'} */ (plural.select(values?.n ?? 0))] ?? text.other;
  }
  /** @param {unknown} value */
  const shown = (value) => (typeof value === 'number' ? figure.format(value) : String(value));

  return {
    /**
     * The text with its {placeholders} filled; where it has forms for numbers, {n} chooses.
     * @param {Key} key @param {Values} [values]
     */
    t: (key, values) => pattern(key, values).replace(/\{(\w+)\}/g, (hole, name) => (values && name in values ? shown(values[name]) : hole)),

    /**
     * The same as children of an element, where a value is an element of its own: where it stands differs between languages.
     * @param {Key} key @param {Record<string, string | number | Node>} values
     * @returns {(string | Node)[]}
     */
    parts(key, values) {
      return pattern(key, values).split(/\{(\w+)\}/).map((piece, i) => {
        const value = i % 2 ? values[piece] : piece;
        return typeof value === 'object' ? value : shown(value);
      }).filter((piece) => piece !== '');
    },

    /** For keys made of codes of the wire, which may be newer than this page. @param {string} key @returns {key is Key} */
    has: (key) => Object.hasOwn(catalogue, key),
  };
}

/** The tag of the page's language, for Intl. */
export const language = globalThis.document?.documentElement.lang || 'en';
const { default: catalogue } = await import(`../strings/${language}.js`);

/** For times and dates: how the reader's own country writes them, where that is in the page's language. */
export const locale = globalThis.navigator?.languages?.find((tag) => tag.split('-')[0] === language) ?? language;

export const { t, parts, has } = make_strings(catalogue, language);
