// @ts-check
/** Keeps the page as high as what can be seen: a soft keyboard takes its part away without the layout knowing (iOS) or resizes it (Android). */

const keyboard_part = 0.75;

export function follow_viewport() {
  const viewport = window.visualViewport;
  const root = document.documentElement;
  if (!viewport) return;
  let tallest = window.innerHeight;
  let width = window.innerWidth;
  const fit = () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      tallest = window.innerHeight;
    }
    tallest = Math.max(tallest, window.innerHeight);
    const writing = document.activeElement?.matches('input:not([type="range"]), textarea') ?? false;
    const touch = matchMedia('(pointer: coarse)').matches;
    const open = touch && writing && viewport.scale === 1 && viewport.height < tallest * keyboard_part;
    if (open) root.dataset.keyboard = 'open';
    else delete root.dataset.keyboard;
    if (viewport.scale === 1) root.style.setProperty('--visible-height', `${viewport.height}px`);
    if (open) window.scrollTo(0, 0);
  };
  viewport.addEventListener('resize', fit);
  document.addEventListener('focusin', fit);
  document.addEventListener('focusout', () => setTimeout(fit, 50));
}
