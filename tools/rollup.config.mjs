// The room page's modules as one file and a few that are fetched when they are needed (docs/adr/0026): a browser pays some milliseconds
// for each module on a busy machine, and a room page had 81 before its picture. The names stay those of the sources and nothing is
// minified: what one reads in a browser is what stands in static/js.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../static/js/', import.meta.url));
const vendored = `${scripts}vendor/`;
const room = `${scripts}room.js`;

/** Is the module imported by room.js, directly or not? Then it is a piece of the page's one file, and a fetched part asks that for it.
 * @param {string} id @param {{getModuleInfo(id: string): {importers: readonly string[]} | null}} graph @param {Set<string>} seen */
const of_the_page = (id, graph, seen = new Set()) => id === room
  || (!seen.has(id) && (seen.add(id), graph.getModuleInfo(id)?.importers ?? []).some((importer) => of_the_page(importer, graph, seen)));

export default {
  input: room,
  // Copied beside the bundle (server/app/CMakeLists.txt); js/room lies as deep as the folders of static/js, so "../vendor" and
  // "../../img" mean the same from there.
  external: (/** @type {string} */ id) => id.startsWith(vendored),
  output: {
    format: 'es',
    paths: (/** @type {string} */ id) => (id.startsWith(vendored) ? `../vendor/${basename(id)}` : id),
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks: (/** @type {string} */ id, /** @type {any} */ graph) => (of_the_page(id, graph) ? 'room' : null),
    minifyInternalExports: false,
  },
  // A word that was meant and is not there must not become a page that half works.
  onwarn: (/** @type {{message: string}} */ warning) => { throw new Error(warning.message); },
};
