// Runs before the first paint: the chosen theme and motion, if they were chosen. A classic script, so that no page flashes in the other
// theme. With an account the server has written them into the page already, "system" included, and this browser's own are not asked.
(function () {
  try {
    const worn = document.documentElement.dataset;
    const theme = window.localStorage.getItem('matinee.theme');
    const motion = window.localStorage.getItem('matinee.motion');
    if (!worn.theme && (theme === 'dark' || theme === 'light')) worn.theme = theme;
    if (!worn.motion && (motion === 'reduced' || motion === 'full')) worn.motion = motion;
  } catch {
    // Storage is blocked: the system's it is.
  }
})();
