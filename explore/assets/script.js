// What the page does in the browser: pairs of slider and number, a click in the phase plane, copying, the colours.
(function () {
  'use strict';
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const scheme = () => (dark.matches ? 'dark' : 'light');
  const short = (value) => String(Number(Number(value).toPrecision(4)));
  const unchanged = () => window.dash_clientside.no_update;
  dark.addEventListener('change', () => {
    if (document.querySelector('.columns')) window.dash_clientside.set_props('scheme', {data: scheme()});
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    explore: {
      scheme: scheme,
      language: (lang) => {
        document.documentElement.lang = lang;
        return '';
      },
      open: (name) => (name ? '/model/' + encodeURIComponent(name.trim()) : unchanged()),
      // The one of the two that was moved sets the other.
      pair: (slider, text) => {
        const id = window.dash_clientside.callback_context.triggered_id || {};
        if (id.type === 'slider') {
          const value = id.log ? Math.pow(10, Number(slider)) : Number(slider);
          return [unchanged(), short(value)];
        }
        const number = Number(text);
        const at = id.log ? Math.log10(number) : number;
        return [String(text).trim() !== '' && isFinite(at) ? at : unchanged(), unchanged()];
      },
      reset: (clicks, defaults, numbers, choices) => {
        if (!clicks) return [numbers.map(unchanged), choices.map(unchanged)];
        choices.forEach((id) => (document.getElementById('select-' + id.name).value = defaults[id.name]));
        return [numbers.map((id) => String(defaults[id.name])), choices.map((id) => defaults[id.name])];
      },
    },
  });

  // A click in the phase plane sets the initial state. Plotly reports clicks on curves only, so the place is computed.
  let pressed = null;
  document.addEventListener('pointerdown', (event) => (pressed = event), true);
  document.addEventListener(
    'pointerup',
    (event) => {
      const plane = pressed && pressed.target.closest && pressed.target.closest('figure[data-starts] .js-plotly-plot');
      if (!plane || Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > 5) return;
      const names = plane.closest('figure').dataset.starts.split('|');
      if (names.length !== 2) return;
      const box = plane.getBoundingClientRect();
      const layout = plane._fullLayout;
      const x = (event.clientX - box.left - layout._size.l) / layout._size.w;
      const y = 1 - (event.clientY - box.top - layout._size.t) / layout._size.h;
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return;
      [[x, layout.xaxis.range], [y, layout.yaxis.range]].forEach(([part, [low, high]], i) => {
        const id = {type: 'number', name: names[i], log: false};
        window.dash_clientside.set_props(id, {value: short(low + part * (high - low))});
      });
    },
    true
  );

  // A native list sets the store that belongs to it.
  document.addEventListener('change', (event) => {
    const store = event.target.dataset && event.target.dataset.store;
    if (!store) return;
    const id = store.startsWith('{') ? JSON.parse(store) : store;
    window.dash_clientside.set_props(id, {data: event.target.value});
  });

  document.addEventListener('click', (event) => {
    const button = event.target.closest && event.target.closest('button.copy');
    if (!button) return;
    const label = button.textContent;
    navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent).then(() => {
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = label), 1500);
    });
  });
})();
