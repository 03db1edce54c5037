// Live figures. The numbers come from live_data.py; nothing is computed here, only drawn.
(() => {
  const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
  const fill = (text, numbers) => text.replace(/\{(\d)\}/g, (_, k) => String(numbers[k]).replace(/-/g, '−'));
  const symbol = (name) => name.replace(/^p_(\w)$/, 'p<sub>$1</sub>');

  // ---- pieces of a drawing ----------------------------------------------------------------------------------------

  const line = (x, y, color, more = {}) => ({
    type: 'scatter', mode: 'lines', x, y, hoverinfo: 'x+y', ...more, line: { color, width: 2, ...more.line },
  });
  const dots = (x, y, color, more = {}) => ({
    type: 'scatter', mode: 'markers', x, y, hoverinfo: 'x+y', ...more, marker: { color, size: 8, ...more.marker },
  });
  // Filled circles and open ones: list of [x, y, filled].
  const points = (list, color, ground, size) => ({
    ...dots(list.map((p) => p[0]), list.map((p) => p[1]), color),
    marker: { size, color: list.map((p) => (p[2] ? color : ground)), line: { color, width: 2 } },
  });
  const vertical = (x, color, dash = 'dot') => ({
    type: 'line', x0: x, x1: x, yref: 'paper', y0: 0, y1: 1, line: { color, width: 1.5, dash },
  });

  // ---- the figures: each gives {legend, panels, say}; a panel is [class, traces, axes] -------------------------------

  const draw = {
    homework(data, [w, dt], c, words) {
      const frame = data.frames[w][dt], times = frame.r.map((_, k) => k * (dt + 1) * data.grid);
      const fine = data.exact.r[w].map((_, k) => k * data.grid);
      const panel = (name, check, size) => [
        size,
        [
          line(fine, data.exact[name][w], c.ink, { line: { width: 1.5 } }),
          line(times, frame[name], c[1], { mode: 'lines+markers', marker: { size: 6, color: c[1] } }),
          ...(check ? [line(times, frame[check], c[2], { line: { dash: 'dash', width: 2.5 } })] : []),
        ],
        { x: { title: words.time, range: [0, fine.at(-1) * 1.02] }, y: { title: symbol(name) } },
      ];
      return {
        legend: [[words.exact, c.ink, ''], [words.euler, c[1], '', 'o'], [words.difference, c[2], '6 4']],
        panels: [panel('r', null, 'live-wide'), panel('p_w', 'd_w', ''), panel('p_b', 'd_b', '')],
        say: frame.say,
      };
    },

    plane(data, [k], c, words, memory) {
      const frame = data.frames[k], ends = frame.ends, P = data.sliders[0].values.map(Number);
      // The network goes from its place to the nearer of the two attractors, through all values between.
      memory.at ??= k;
      memory.E ??= ends[0][0];
      const nearer = (E, [low, high]) => (Math.abs(low[0] - E) <= Math.abs(high[0] - E) ? low[0] : high[0]);
      while (memory.at !== k) {
        memory.at += Math.sign(k - memory.at);
        memory.E = nearer(memory.E, data.frames[memory.at].ends);
      }
      const [, least, largest] = ends.find((end) => end[0] === memory.E);
      const rests = largest - least < 1e-3;
      const ts = frame.paths[0][0].map((_, i) => i), style = ['solid', 'dot'];
      const plane = [
        line(...frame.E_nullcline, c[1]), line(...data.I_nullcline, c[2]),
        ...frame.paths.map(([E, I], i) => line(E, I, c.ink, { line: { width: 1.5, dash: style[i] } })),
        ...(frame.orbit ? [line(...frame.orbit, c[3], { line: { width: 4 } })] : []),
        points(frame.points, c.ink, c.ground, 11),
      ];
      const over_time = frame.paths.flatMap(([E, I], i) => [
        line(ts, E, c[1], { line: { dash: style[i] } }), line(ts, I, c[2], { line: { dash: style[i] } }),
      ]);
      const all = data.frames.flatMap((f, i) => f.points.map(([E, , stable]) => [P[i], E, stable]));
      const extent = (j) => line(P, data.frames.map((f) => {
        const end = f.ends.find(([, low, high]) => high - low > 1e-3);
        return end ? end[j] : null;
      }), c[3]);
      const diagram = [
        points(all, c.ink, c.ground, 4), extent(1), extent(2),
        dots(rests ? [P[k]] : [P[k], P[k]], rests ? [memory.E] : [least, largest], c[4],
          { marker: { size: 13, symbol: 'diamond' } }),
      ];
      diagram[0].marker.line.width = 1;
      return {
        legend: [
          [words.E_nullcline, c[1], ''], [words.I_nullcline, c[2], ''], [words.low, c.ink, ''],
          [words.high, c.ink, '2 3'], ...(data.frames.some((f) => f.orbit) ? [[words.orbit, c[3], '', '', 4]] : []),
          [words.stable, c.ink, null, 'o'], [words.unstable, c.ink, null, 'open'], [words.now, c[4], null, 'diamond'],
        ],
        panels: [
          ['live-tall', plane, { x: { title: 'E', range: data.limits }, y: { title: 'I', range: data.limits } }],
          ['', over_time, { x: { title: words.time, range: [0, data.shown] }, y: { title: words.rates, range: data.limits } }],
          ['', diagram, { x: { title: 'P', range: [P[0], P.at(-1)] }, y: { title: 'E', range: data.limits }, shapes: [vertical(P[k], c.ink)] }],
        ],
        say: [...frame.say, ...(ends[0][0] === ends[1][0] ? [] : [['now_at', memory.E.toFixed(3)]])],
      };
    },

    nudging(data, [k], c, words) {
      const frame = data.frames[k], nudges = data.sliders[0].values.map(Number), half = data.times.at(-1);
      const names = Object.keys(data.errors), dash = ['solid', 'dash', 'dot'];
      const errors = names.flatMap((name, i) => [
        line(nudges, data.errors[name], c[i + 1], { line: { dash: dash[i] } }),
        dots([nudges[k]], [data.errors[name][k]], c[i + 1], { marker: { size: 11 } }),
      ]);
      const late = frame.nudged[0].map((_, i) => half + (i + 1) * (data.times[1] - data.times[0]));
      const states = data.free.map((free, i) => {
        const output = i === data.free.length - 1;
        return line([...data.times, ...late], [...free, ...frame.nudged[i]], output ? c[4] : c.muted,
          { line: { width: output ? 3 : 1.5 } });
      });
      const end = late.at(-1);
      states.push(line([0, end], [data.target, data.target], c.ink, { line: { dash: 'dot', width: 1.5 } }));
      return {
        legend: [
          ...names.map((name, i) => [words[name], c[i + 1], ['', '6 4', '2 3'][i]]),
          [words.output, c[4], '', '', 3], [words.hidden, c.muted, ''], [words.target, c.ink, '2 3'],
        ],
        panels: [
          ['', errors, {
            x: { title: words.nudge, type: 'log', exponentformat: 'power', dtick: 1 },
            y: { title: words.error, type: 'log', exponentformat: 'power', dtick: 2 },
            shapes: [vertical(nudges[k], c.ink)],
          }],
          ['', states, {
            x: { title: words.time, range: [0, end] }, y: { title: words.state }, shapes: [vertical(half, c.ink, 'solid')],
            annotations: [[words.free, half / 2], [words.nudged, half * 1.5]].map(([text, x]) => (
              { text, x, yref: 'paper', y: 1.09, showarrow: false })),
          }],
        ],
        say: frame.say,
      };
    },

    recall(data, [k], c, words) {
      const frame = data.frames[k], P = data.sliders[0].values.map(Number), n = data.side;
      const picture = (bits, title) => ['live-small', [{
        type: 'heatmap', showscale: false, hoverinfo: 'skip', colorscale: [[0, c.ground], [1, c.ink]], zmin: 0, zmax: 1,
        z: Array.from({ length: n }, (_, i) => Array.from(bits.slice(n * i, n * (i + 1)), Number)),
      }], {
        title, margin: { l: 4, r: 4, t: 28, b: 4 }, x: { visible: false, constrain: 'domain' },
        y: { visible: false, autorange: 'reversed', scaleanchor: 'x', constrain: 'domain' },
      }];
      const here = (name, color) => dots([P[k]], [data.overlap[name][k]], color, { marker: { size: 11 } });
      const curves = [
        line(P, data.mean, c[1], { line: { dash: 'dash', width: 3 } }),
        line(P, data.overlap.hebb, c[1], { line: { width: 1.5 } }), here('hebb', c[1]),
        line(P, data.overlap.pseudo, c[2]), here('pseudo', c[2]),
      ];
      return {
        legend: [
          [words.rule_hebb, c[1], '', 'o'], [fill(words.mean, [data.networks]), c[1], '6 4', '', 3],
          [words.rule_pseudo, c[2], '', 'o'], [words.capacity, c[4], '2 3'],
        ],
        panels: [
          picture(data.cue, words.cue), picture(frame.hebb, words.hebb), picture(frame.pseudo, words.pseudo),
          ['live-wide', curves, {
            x: { title: words.patterns, range: [0, P.at(-1) + 1] }, y: { title: words.overlap, range: [-0.1, 1.08] },
            shapes: [vertical(P[k], c.ink), vertical(data.capacity, c[4])],
          }],
        ],
        say: frame.say,
      };
    },
  };

  // ---- the parts of a figure on the page ----------------------------------------------------------------------------

  const make = (parent, tag, attributes = {}, text = '') => {
    const element = parent.appendChild(document.createElement(tag));
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };

  const colours = () => {
    const css = getComputedStyle(document.documentElement), get = (name) => css.getPropertyValue(name).trim();
    return {
      ink: get('--pst-color-text-base'), muted: get('--pst-color-text-muted'), ground: get('--pst-color-background'),
      grid: get('--pst-color-border'), font: getComputedStyle(document.body).fontFamily,
      ...Object.fromEntries([1, 2, 3, 4].map((k) => [k, get(`--live-${k}`)])),
    };
  };

  const sample = ([text, color, dash, mark = '', width = 2]) => {
    const fillOf = mark === 'open' ? 'none' : color;
    const symbols = {
      '': '', o: `<circle cx="15" cy="6" r="4" fill="${color}"/>`,
      open: `<circle cx="15" cy="6" r="4" fill="${fillOf}" stroke="${color}" stroke-width="2"/>`,
      diamond: `<path d="M15 0l6 6-6 6-6-6z" fill="${color}"/>`,
    };
    const path = dash === null ? '' :
      `<path d="M0 6h30" stroke="${color}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
    const item = document.createElement('li');
    item.innerHTML = `<svg viewBox="0 0 30 12" aria-hidden="true">${path}${symbols[mark]}</svg>`;
    item.append(text);
    return item;
  };

  const layout = ({ x, y, title, ...more }, c) => {
    const axis = ({ title: text = '', ...rest }) => ({
      title: { text, standoff: 6 }, gridcolor: c.grid, zeroline: false, linecolor: c.muted, fixedrange: true,
      automargin: true, ...rest,
    });
    return {
      font: { family: c.font, size: 13, color: c.ink }, paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
      margin: { l: 48, r: 12, t: 22, b: 40 }, showlegend: false, dragmode: false, hovermode: 'closest',
      title: { text: title ?? '', font: { size: 13 }, y: 0.97, yanchor: 'top' }, xaxis: axis(x), yaxis: axis(y), ...more,
    };
  };

  const show = (figure, number) => {
    const data = window.ratezooLive[figure.dataset.live], words = data.words[language], memory = {};
    const id = `live-${number}`;
    let waiting = 0;
    const inputs = data.sliders.map((slider, k) => {
      const row = make(figure, 'div', { class: 'live-slider' });
      make(row, 'label', { for: `${id}-${k}` }, slider.name[language]);
      const input = make(row, 'input', { type: 'range', id: `${id}-${k}`, min: 0, max: slider.values.length - 1, step: 1 });
      input.value = slider.start;
      const output = make(row, 'output', { for: `${id}-${k}`, 'aria-live': 'off' });
      return { slider, input, output };
    });
    const legend = make(figure, 'ul', { class: 'live-legend' });
    const panels = make(figure, 'div', { class: 'live-panels', role: 'img', 'aria-labelledby': `${id}-text` });
    const text = make(figure, 'p', { class: 'live-text', id: `${id}-text`, 'aria-live': 'polite' });

    const update = () => {
      waiting = 0;
      const c = colours(), chosen = inputs.map(({ input }) => Number(input.value));
      const places = inputs.map(({ slider, input, output }, k) => {
        const value = slider.values[chosen[k]].replace('-', '−');
        output.textContent = `${slider.symbol} = ${value}`;
        input.setAttribute('aria-valuetext', output.textContent);
        return output.textContent;
      });
      const drawing = draw[data.kind](data, chosen, c, words, memory);
      legend.replaceChildren(...drawing.legend.map(sample));
      for (const [size] of drawing.panels.slice(panels.children.length)) make(panels, 'div', { class: size });
      drawing.panels.forEach(([, traces, axes], k) => {
        Plotly.react(panels.children[k], traces, layout(axes, c), { displayModeBar: false, responsive: true });
      });
      const comma = language === 'zh' ? '，' : ', ', colon = language === 'zh' ? '：' : ': ';
      const sentences = drawing.say.map(([key, ...numbers]) => fill(words[key], numbers));
      text.textContent = places.join(comma) + colon + sentences.join(language === 'zh' ? '' : ' ');
    };
    const later = () => { waiting ||= requestAnimationFrame(update); };
    for (const { input } of inputs) input.addEventListener('input', later);
    new MutationObserver(later).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    update();
  };

  // The theme names its colours after its own script has run.
  addEventListener('load', () => document.querySelectorAll('[data-live]').forEach(show));
})();
