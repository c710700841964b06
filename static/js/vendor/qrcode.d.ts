// The file itself is not in the repository: `./dev setup` copies node_modules/qrcode-generator/dist/qrcode.mjs to build/web/js/vendor/qrcode.js.
export { default } from 'qrcode-generator';
