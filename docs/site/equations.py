"""The equations of docstrings as LaTeX.

A docstring gives its equations as indented lines, which can be read in a terminal:

    (1)  τ_E dE/dt = −E + (k_E − ρ E) S_E(w_EE E − w_EI I + P + x)

`latex` translates one formula, `display` a block of such lines, and `with_equations` all blocks of a docstring. What
the translation knows:

- A product is written with a space, so two or more letters in a row are a word: a function (sin, tanh), the name of
  something (output), or text (at, where). The only exception is the differential in dr, dt, d²y.
- `a/b` without spaces is a fraction of the two factors beside the slash: J_0/(2π) a is (J_0/2π)·a. With spaces around
  the slash everything since the last sum or relation is divided. In exponents the slash stays.
- A subscript of indices (w_ij, w_EE) is set in italics, a word (W_in, V_th) is upright.
- Three spaces separate two formulas of a line.
"""

import re
import textwrap

FUNCTIONS = {'arctan', 'cos', 'cosh', 'exp', 'lim', 'ln', 'log', 'max', 'min', 'sin', 'sinh', 'tan', 'tanh'}
OWN_FUNCTIONS = {'artanh', 'diag', 'erf', 'linspace', 'sign', 'softmax'}
_GREEK = (
    'alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi '
    'psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega'
)
GREEK = {letter: rf'\{name}' for letter, name in zip('αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ', _GREEK.split(), strict=True)}
SYMBOLS = {
    '−': '-', '·': r'\cdot', '×': r'\times', '±': r'\pm', '∘': r'\circ', '⊙': r'\odot', '∗': r'\ast', '⋆': r'\star',
    '≈': r'\approx', '≤': r'\le', '≥': r'\ge', '≠': r'\ne', '≪': r'\ll', '≫': r'\gg', '~': r'\sim', '∝': r'\propto',
    '∈': r'\in', '←': r'\leftarrow', '→': r'\to', '⇒': r'\Rightarrow', '…': r'\ldots', '∞': r'\infty', 'ℓ': r'\ell',
}  # fmt: skip
LETTERS = GREEK | {'ℓ': r'\ell', '∞': r'\infty'}
PARTS = {'½': '12', '⅓': '13', '¼': '14', '⅙': '16', '¾': '34', '⅔': '23'}
RAISED = dict(zip('⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀᵏⁿ⁽⁾', '0123456789+-Tkn()', strict=True)) | {'′': r'\prime', '*': '*', '†': r'\dagger'}
LOWERED = dict(zip('₀₁₂₃₄₅₆₇₈₉₊₋ᵢⱼₖₜ', '0123456789+-ijkt', strict=True))
ACCENTS = {'\u0302': r'\hat', '\u0304': r'\bar', '\u0303': r'\tilde', '\u0307': r'\dot'}
SUMS = {'Σ': r'\sum', 'Π': r'\prod', '∫': r'\int'}
BRACKETS = {'(': ')', '[': ']', '{': '}', '⟨': '⟩', '‖': '‖', '|': '|'}
SET = {'⟨': r'\langle', '⟩': r'\rangle', '{': r'\{', '}': r'\}'}
NAMED = {'alpha', 'beta', 'gamma', 'delta', 'theta', 'kappa', 'lambda', 'mu', 'rho', 'sigma', 'tau', 'omega'}
INDICES = re.compile(r'(?!in\b)([ijkab]{2}|[EI]{2}|[hq][hxo]|[ien]{2}|[a-z],[a-z])$')

_DIFFERENTIAL = re.compile(r'd(?=[²³]?[A-Za-zα-ωΑ-Ω](?![a-z]))')
_FUNCTION = re.compile(rf'({"|".join(sorted(FUNCTIONS | OWN_FUNCTIONS, key=len, reverse=True))})(?![A-Za-z])')
_WORD = re.compile(r"(?!d[A-Za-z](?![a-z']))[A-Za-z][A-Za-z'’-]*[A-Za-z](/[A-Z][a-z]+)?")
_ARTICLE = re.compile(r'a(?= [a-z]{3,})')
_QUOTED = re.compile(r"'[^']+'|`[^`]+`")
_NUMBER = re.compile(r'\d+(\.\d+)?')
_SUBSCRIPT = re.compile(r'_([A-Za-z]+(,[a-z](?= ))?|\d+|[^\W\d_]|∞)')
_FRACTION = re.compile(r'\\left\( \\frac({(?:[^{}]|{(?:[^{}]|{[^{}]*})*})*}){2} \\right\)$')
_OPEN = ('sign', 'mark', 'sum', 'fraction')
_RELATIONS = ('=', '+', '-', r'\approx', r'\leftarrow', r'\to', r'\sim', r'\Rightarrow', ',', '<', '>', r'\le', r'\ge')


SYMBOL = re.compile(
    r'(?<![\w.:/\\])(d?[A-Za-zα-ωΑ-Ω](?:_(?:\{[^{}]*\}|[A-Za-z0-9]+)|\^(?:\{[^{}]*\}|[a-z]\b))+/?)+(?<!/)(?![\w.]*[_(=]\w)'
)  # in a line of text: r_t, e^{At}, dr_k/dw_ij


class NotAnEquation(ValueError):
    """A formula has a character or a bracket that the translation does not know."""


class _Reader:
    """Reads a formula from left to right. Its parts are factors and signs: (LaTeX, kind, whether a space precedes)."""

    def __init__(self, text):
        self.text, self.at = text, 0

    @property
    def rest(self):
        return self.text[self.at :]

    def take(self, pattern):
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match and match.group()

    def error(self, what):
        return NotAnEquation(f'{self.text!r}, character {self.at}: {what}')

    # ---- a sequence ------------------------------------------------------------------------------------------------

    def sequence(self, end='', script=False):
        """LaTeX up to the closing bracket ``end``, which is taken. In a script the slash stays a slash."""
        parts = []
        while True:
            spaced = bool(self.take(re.compile(' +')))
            if not self.rest:
                if end:
                    raise self.error(f'the bracket {end} is missing')
                return self.joined(parts)
            if end and self.rest[0] == end:
                self.at += 1
                return self.joined(parts)
            if self.rest[0] == '/' and not script:
                self.at += 1
                self.fraction(parts, spaced)
                continue
            latex, kind = self.part(script)
            if kind == 'round' and _FRACTION.match(latex) and (spaced or not parts or parts[-1][1] in _OPEN):
                kind = 'fraction'  # a factor such as (1/n) needs no brackets, but those of f(x/y) stay
            parts.append((latex, kind, spaced))

    @staticmethod
    def joined(parts):
        """The parts one after another. A bracket around nothing but a fraction is left out."""
        out = ''
        for k, (latex, kind, spaced) in enumerate(parts):
            if kind == 'fraction' and len(parts) > 1:
                latex = _bare((latex, 'round'))
            out += (_gap(parts[k - 1], latex, kind, spaced) if k else '') + latex
        return out

    def fraction(self, parts, spaced):
        """Put a fraction in place of the last factor, or of the last product if the slash has spaces around it."""
        if not parts:
            raise self.error('nothing stands before the slash')
        if spaced:
            start = max((k + 1 for k, part in enumerate(parts) if part[0] in _RELATIONS), default=0)
            self.take(re.compile(' +'))
        else:
            start = len(parts) - 1
            if start and parts[start][1] == 'round' and not parts[start][2] and parts[start - 1][1] == 'factor':
                start -= 1  # a function and its argument
        above = parts[start:]
        numerator = _bare(above[0]) if len(above) == 1 else self.joined(above)
        word = self.take(_WORD)
        below = (rf'\text{{{word}}}', 'text') if word else self.factor(False)
        parts[start:] = [(rf'\frac{{{numerator}}}{{{_bare(below)}}}', 'factor', above[0][2])]

    # ---- a factor --------------------------------------------------------------------------------------------------

    def part(self, script):
        """The next sign, text or factor, as (LaTeX, kind)."""
        c = self.rest[0]
        if c == '|' and self.rest[1:2] == '_':  # a derivative at a fixed current: (…)|_I
            self.at += 1
            return '|' + self.scripts(), 'factor'
        if c in SYMBOLS and c not in LETTERS:
            self.at += 1
            return SYMBOLS[c], 'factor' if c == '…' else 'sign'
        if c in ',;.':
            self.at += 1
            return c, 'mark'
        if c in '=+-<>/':
            self.at += 1
            return c, 'sign'
        text = self.words()
        return (rf'\text{{{text}}}', 'text') if text else self.factor(script)

    def words(self):
        """A run of words, or '' if none begins here."""
        quoted = self.take(_QUOTED)
        if quoted:
            return quoted.strip('`')
        found = []
        while not _FUNCTION.match(self.text, self.at) and not re.match(r'[A-Za-z]+_', self.rest):
            name = self.take(_ARTICLE) or self.take(_WORD)
            if not name:
                break
            mark = self.take(re.compile(r':|,(?= (?!d?[A-Za-z]\b)[a-z]{2,}[ ,])')) or ''
            found.append(name + mark)
            end = self.at
            self.take(re.compile(' (?! )'))
        if not found:
            return ''
        self.at = end
        return ' '.join(found)

    def factor(self, script):
        """A number, a letter, a bracket, … with its scripts, and what is joined to it without a space."""
        if not self.rest:
            raise self.error('a factor is missing at the end')
        c = self.rest[0]
        number = self.take(_NUMBER)
        if number:
            joined = self.rest[:1].isalpha() and self.rest[:1] not in RAISED
            return number + self.scripts() + (' ' + self.factor(script)[0] if joined else ''), 'factor'
        if c in PARTS:
            self.at += 1
            return rf'\tfrac{{{PARTS[c][0]}}}{{{PARTS[c][1]}}}', 'factor'
        if c in '∂Δ' or self.take(_DIFFERENTIAL):
            self.at += c in '∂Δ'
            prefix = {'∂': r'\partial', 'Δ': r'\Delta'}.get(c, 'd') + self.scripts()
            joined = self.rest[:1] not in ('', ' ', '/', ',', ')', ']') and self.rest[:1] not in SYMBOLS
            return (f'{prefix} {self.factor(script)[0]}' if joined else prefix), 'factor'
        if c in SUMS:
            self.at += 1
            return SUMS[c] + self.scripts(), 'sum'
        if c == '√':
            self.at += 1
            return rf'\sqrt{{{_bare(self.factor(script))}}}', 'factor'
        if c in BRACKETS:
            return self.bracket(script)
        function = self.take(_FUNCTION)
        if function:
            name = rf'\{function}' if function in FUNCTIONS else rf'\operatorname{{{function}}}'
            return name + self.scripts(), 'function'
        return self.letter(script)

    def bracket(self, script):
        start = self.rest[0]
        self.at += 1
        end = BRACKETS[start]
        inside = self.sequence(end, script)
        left, right = SET.get(start, start), SET.get(end, end)
        if start in '|‖':
            left, right = (r'\lvert', r'\rvert') if start == '|' else (r'\lVert', r'\rVert')
            latex = f'{left} {inside} {right}'
        elif not script and re.search(r'\\frac|\\sum|\\int', inside):
            latex = rf'\left{left} {inside} \right{right}'
        else:
            latex = f'{left}{" " if left.startswith(chr(92)) else ""}{inside}{right}'
        scripts = self.scripts()
        if scripts:
            return f'{{{latex}}}{scripts}', 'factor'
        return latex, {'(': 'round', '[': 'square'}.get(start, 'factor')

    def letter(self, script):
        name = self.take(re.compile(r'[A-Za-z](?:[A-Za-z]+(?:_of_[a-z]+)?)?(?=_|[^A-Za-z]|$)'))
        if name and len(name) > 1:
            base = rf'\{name}' if name in NAMED else rf'\text{{{name}}}'
            return base + self.scripts(), 'factor' if name in NAMED else 'text'
        c = name or self.rest[0]
        if not name:
            if c not in LETTERS:
                raise self.error(f'unknown character {c!r}')
            self.at += 1
        base = LETTERS.get(c, c)
        accent = self.rest[:1] in ACCENTS and self.rest[0]
        if accent:
            self.at += 1
            base = f'{ACCENTS[accent]}{{{base}}}'
        latex = base + self.scripts()
        following = self.rest[:1]
        greek = following in LETTERS or (c in LETTERS and following.isascii() and following.isalpha())
        if greek and following != 'Σ':  # iω, πt
            latex += ' ' + self.factor(script)[0]
        return latex, 'factor'

    def scripts(self):
        """The subscripts and superscripts that follow without a space."""
        low, high = '', ''
        while self.rest:
            c = self.rest[0]
            if self.rest[:2] in ('_{', '^{'):
                self.at += 2
                inside = self.sequence('}', script=True)
                low, high = (low + inside, high) if c == '_' else (low, high + inside)
            elif c == '^':
                self.at += 2
                high += LETTERS.get(self.text[self.at - 1], self.text[self.at - 1])
            elif c == '_':
                name = self.take(_SUBSCRIPT)
                if not name:
                    raise self.error('unknown subscript')
                low += _subscript(name[1:])
            elif c in LOWERED:
                self.at += 1
                low += LOWERED[c]
            elif c in RAISED:
                self.at += 1
                high += ('' if not high.endswith('prime') else ' ') + RAISED[c]
            else:
                break
        return (f'_{{{low}}}' if low else '') + (f'^{{{high}}}' if high else '')


def _gap(before, latex, kind, spaced):
    """What stands between two parts."""
    words = 'text' in (kind, before[1]) and spaced and not {kind, before[1]} & {'sign', 'mark'}
    if words or (before[1] == 'text' and latex == '-') or (kind == 'text' and before[0] == ','):
        return r'\ '
    if (latex.startswith('d ') and before[1] not in ('sign', 'mark')) or kind == before[1] == 'sum':
        return r'\,'
    return ' '


def _subscript(name):
    if len(name) == 1 or name.isdigit():
        return LETTERS.get(name, name)
    return name if INDICES.match(name) else rf'\mathrm{{{name}}}' if ',' not in name else _pair(name)


def _pair(name):
    first, second = name.split(',')
    return f'{_subscript(first)},{second}'


def _bare(part):
    """A factor as the numerator, the denominator or the root: without its round brackets."""
    latex, kind = part[:2]
    if kind not in ('round', 'fraction'):
        return latex
    return latex[len(r'\left(') : -len(r'\right)')].strip() if latex.startswith(r'\left(') else latex[1:-1]


def latex(formula, inline=False):
    """A formula of a docstring as LaTeX; in a line of text its fractions keep their slash.

    >>> print(latex('τ_m dr/dt = −r + g(W r + x)'))
    \\tau_{m} \\frac{d r}{d t} = - r + g (W r + x)
    """
    return _Reader(' '.join(formula.split())).sequence(script=inline)


_NUMBERED = re.compile(r'\((\d+)\)\s+')
_LONGEST = 62  # of a row, in characters of the docstring; a longer row is broken between two formulas


def rows(lines):
    """The rows of a display: (number or '', [formula, …]). A line without a number continues the one before."""
    found = []
    for line in lines:
        number = _NUMBERED.match(line.strip())
        text = line.strip()[number.end() :] if number else line.strip()
        formulas = re.split(r' {3,}(?!=)|(?<=;) {2,}|(?<=,) {2,}', text)
        start = True
        while formulas:
            row = [formulas.pop(0)]
            while formulas and len(' '.join([*row, formulas[0]])) <= _LONGEST:
                row.append(formulas.pop(0))
            found.append((number[1] if number and start else '', row))
            start = False
    return found


def display(lines):
    """A block of lines as one display: a column of numbers, and a column of formulas."""
    told = [(number, r' \qquad '.join(latex(f) for f in formulas)) for number, formulas in rows(lines)]
    if not any(number for number, _ in told) and len(told) == 1:
        return told[0][1]
    out = [rf'\text{{({number})}}\quad & {text}' if number else rf'& {text}' for number, text in told]
    return r'\begin{aligned} ' + r' \\ '.join(out) + r' \end{aligned}'


def is_equation(line):
    """Whether an indented line begins a block of equations, not of code."""
    line = line.strip()
    return bool(_NUMBERED.match(line)) or bool(re.search(r' [=~] ', line) and not line.isascii())


def blocks(doc):
    """The blocks of equations of a docstring that `inspect.cleandoc` has cleaned: (first line, one past the last)."""
    lines = doc.splitlines()
    k = 0
    while k < len(lines):
        if lines[k].startswith('    ') and (k == 0 or not lines[k - 1].strip()):
            end = k
            while end < len(lines) and lines[end].startswith('    '):
                end += 1
            if is_equation(lines[k]):
                yield k, end
            k = end
        k += 1


def of(doc):
    """The LaTeX of each block of equations of a docstring."""
    lines = doc.splitlines()
    return [display(textwrap.dedent('\n'.join(lines[a:b])).splitlines()) for a, b in blocks(doc)]


def with_equations(doc):
    """The docstring with a directive ``math`` of reStructuredText in place of each block of equations."""
    lines = doc.splitlines()
    for a, b in reversed(list(blocks(doc))):
        text = display(textwrap.dedent('\n'.join(lines[a:b])).splitlines())
        lines[a:b] = ['.. math::', '   :nowrap:', '', f'   {text}', '']
    return '\n'.join(lines)
