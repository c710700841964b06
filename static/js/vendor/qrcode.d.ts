// The file itself is not in the repository: the build copies node_modules/qrcode-generator/dist/qrcode.mjs to js/vendor/qrcode.js of its own static files.
export { default } from 'qrcode-generator';
