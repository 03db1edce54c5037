"""Search in two languages: English words by their stem, Chinese text by pairs of neighbouring characters.

Sphinx's own Chinese search cuts sentences into words, but it does not cut the query. So it finds 平衡传播 only where the
cutter left these four characters together. Pairs need no dictionary: text and query are cut in the same way.
"""

import re

from sphinx.search.en import SearchEnglish

CHINESE = '\u3400-\u9fff'
_RUNS = re.compile(rf'[{CHINESE}]+|[^\W{CHINESE}]+')


class SearchBoth(SearchEnglish):
    """The words of a text, and the pairs of characters of its Chinese parts."""

    lang = 'both'
    language_name = 'English'  # Sphinx names the stemmer in the browser by it
    js_splitter_code = f"""
const splitQuery = (query) => {{
  const words = [];
  for (const run of query.match(/[{CHINESE}]+|(?:(?![{CHINESE}])[\\p{{Letter}}\\p{{Number}}_])+/gu) || []) {{
    if (!/^[{CHINESE}]/.test(run) || run.length < 3) words.push(run);
    else for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
  }}
  return words;
}};
"""

    def split(self, input):
        words = []
        for run in _RUNS.findall(input):
            if re.match(rf'[{CHINESE}]', run):
                words += [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
            else:
                words.append(run)
        return words
