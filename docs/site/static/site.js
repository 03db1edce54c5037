// What the theme leaves to do, so that every part can be reached by keyboard and has a name for a screen reader.
document.addEventListener('DOMContentLoaded', () => {
  const zh = document.documentElement.lang.startsWith('zh');
  // The button shows more than its label says ("Search Ctrl+K"): what it shows is its name.
  for (const button of document.querySelectorAll('.search-button-field')) {
    button.setAttribute('aria-label', button.textContent.trim().replace(/\s+/g, ' '));
  }
  for (const summary of document.querySelectorAll('.bd-sidebar summary, .bd-header summary')) {
    const link = summary.closest('li').querySelector('a');
    summary.setAttribute('aria-label', `${zh ? '展开' : 'Show what is in'} ${link ? link.textContent.trim() : ''}`);
  }
  // A box that scrolls takes the focus, so that the arrow keys can scroll it.
  const scrolls = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute('tabindex');
    }
  });
  for (const box of document.querySelectorAll('.bd-article table, .bd-article pre, div.math')) scrolls.observe(box);
});
