// @ts-check
/**
 * A part of the page that is fetched when it is first needed, and once. A fetch that failed is tried again with the next wish.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {() => Promise<T>}
 */
export function lazy(load) {
  let under_way = /** @type {Promise<T> | null} */ (null);
  return () => {
    under_way ??= load().catch((error) => {
      under_way = null;
      throw error;
    });
    return under_way;
  };
}
