// Runs while the scripts of the room page are still coming: opens the room's socket and begins to load the video on its stage, so that
// both are there when they are (app.js and players/html5.js take them over). A classic script, because modules wait for the whole page.
(function () {
  if (!('noModule' in HTMLScriptElement.prototype)) return;
  try {
    const page = JSON.parse(document.querySelector('meta[name="matinee-room"]')?.getAttribute('content') ?? '');
    /** @type {any} */ (window).matinee_socket = new WebSocket(new URL(page.socket_path, location.href.replace(/^http/, 'ws')), 'matinee.v1');
    load(page);
  } catch {
    // The page will open its own.
  }

  /** @param {import('./types.js').PageData} page */
  function load({ file, preferences }) {
    const { ask_first } = preferences ?? JSON.parse(localStorage.getItem('matinee.settings') ?? '{}');
    if (!file || ask_first || (location.protocol === 'https:' && file.startsWith('http:'))) return;
    const here = /** @type {{matinee_video?: HTMLVideoElement}} */ (window);
    const video = here.matinee_video = document.createElement('video');
    video.preload = 'auto';
    video.src = file;
    // The room has gone on to something else: what nobody took is not loaded to its end.
    setTimeout(() => {
      if (here.matinee_video !== video) return;
      delete here.matinee_video;
      video.removeAttribute('src');
      video.load();
    }, 10_000);
  }
})();
