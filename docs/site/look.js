// The parts of a page that are not as they should be, for a person with this screen (browse.py).
() => {
  const found = [], root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
    found.push(`scrolls sideways (${root.scrollWidth} > ${root.clientWidth}): ` +
      (wide.length ? wide[wide.length - 1].outerHTML.slice(0, 120) : 'outside main'));
  }
  for (const img of document.images) {
    const box = img.getBoundingClientRect();
    if (!img.complete || !img.naturalWidth) found.push('picture not drawn: ' + img.src);
    else if (!img.hasAttribute('alt')) found.push('picture without a text: ' + img.src);
    else if (box.width > root.clientWidth) found.push('picture too wide: ' + img.src);
  }
  for (const math of document.querySelectorAll('math')) {
    const box = math.getBoundingClientRect();
    if (math.checkVisibility() && (box.width < 1 || box.height < 1)) found.push('formula not drawn: ' + math.textContent);
  }
  for (const e of document.querySelectorAll('merror')) found.push('formula with an error: ' + e.textContent);
  const text = document.createTreeWalker(document.querySelector('main') || document.body, NodeFilter.SHOW_TEXT);
  while (text.nextNode()) {
    const node = text.currentNode, at = node.parentElement;
    if (/\$[^$]*\\[a-z]+|\\(frac|begin|partial|tau)\b|^\s*:(math|class|func|py):`/.test(node.data)
        && !at.closest('code, pre, script, style, annotation, .sig')) found.push('raw source: ' + node.data.trim().slice(0, 100));
  }
  return found;
}
