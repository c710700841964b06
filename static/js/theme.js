// Runs before the first paint: the chosen theme, if one was chosen. A classic script, so that no page flashes in the other theme.
(function () {
  try {
    const theme = window.localStorage.getItem('matinee.theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's theme it is.
  }
})();
