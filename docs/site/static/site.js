// What the theme leaves to do: tables and code that scroll can be reached by keyboard.
document.addEventListener('DOMContentLoaded', () => {
  for (const box of document.querySelectorAll('.bd-article table, .bd-article pre')) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  // The label of the search button must hold the text that is seen on it; that text alone does.
  for (const button of document.querySelectorAll('.search-button-field[aria-label]')) button.removeAttribute('aria-label');
});
