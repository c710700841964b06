// Runs while the modules of the room page are still coming: opens the room's socket, so that it is there when they are (app.js takes it
// over). A classic script, because modules wait for each other.
(function () {
  if (!('noModule' in HTMLScriptElement.prototype)) return;
  try {
    const page = JSON.parse(document.querySelector('meta[name="matinee-room"]')?.getAttribute('content') ?? '');
    /** @type {any} */ (window).matinee_socket = new WebSocket(new URL(page.socket_path, location.href.replace(/^http/, 'ws')), 'matinee.v1');
  } catch {
    // The page will open its own.
  }
})();
