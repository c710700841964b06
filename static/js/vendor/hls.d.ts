// The file itself is not in the repository: the build copies node_modules/hls.js/dist/hls.light.min.mjs to vendor/hls.js.
export { default } from 'hls.js';
