// The file itself is not in the repository: the build copies node_modules/@cycjimmy/jsmpeg-player/dist/jsmpeg-player.esm.js to vendor/jsmpeg.js.
declare const JSMpeg: any;
export default JSMpeg;
