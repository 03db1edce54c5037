"""What to type instead: commands whose error messages know the names of models, rules, tasks and their options."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from ratezoo.registry import Registry, suggest

_PACKAGES = {'model': 'ratezoo.models', 'rule': 'ratezoo.learning', 'task': 'ratezoo.tasks'}
KINDS = {kind: Registry[Any](kind, package) for kind, package in _PACKAGES.items()}  # each reads its files once
_PAIRS = ('--set', '--task-set', '--option', '--over')  # options whose value is k=v
_OTHER_NAMES = {  # what other programs call an option → its names here
    'lr': ['--rate'],
    'learning-rate': ['--rate'],
    'iterations': ['--epochs', '--updates'],
    'steps': ['--duration', '--epochs', '--updates'],
    'time': ['--duration'],
    'out': ['--save', '--output'],
    'output': ['--save'],
    'figure': ['--plot'],
    'record': ['--monitor'],
    'rule': ['--rules'],
    'rules': ['--rule'],
}


def kind_of(name: str) -> str | None:
    """'model', 'rule' or 'task': what the name names; None if it is unknown. Imports no model."""
    return next((kind for kind, registry in KINDS.items() if name in registry), None)


def unknown_name(name: str, kinds: Sequence[str], words: Sequence[str] = ()) -> str | None:
    """The error message for a name that is not of one of the kinds; None if it is. ``words`` is the command line."""
    known = {kind: KINDS[kind] for kind in kinds}
    if any(name in registry for registry in known.values()):
        return None
    if ',' in name and all(any(n.strip() in r for r in known.values()) for n in name.split(',')):
        several = f'; for several rules: ratezoo compare --rules {name}' if kinds == ('rule',) else ''
        return f'expected one name, got {name}{several}.'
    wanted, other = ' or '.join([', '.join(kinds[:-1]), kinds[-1]] if kinds[1:] else kinds), kind_of(name)
    if other is not None:
        return f'{name} is a {other}, not a {wanted}. Write: {_line_of_train([name, *words])}'
    suggestion = suggest(name, [n for registry in known.values() for n in registry])
    lists = [f'`ratezoo list {kind}s`' for kind in kinds]
    shown = ' and '.join([', '.join(lists[:-1]), lists[-1]] if lists[1:] else lists)
    return f'there is no {wanted} {name!r}.{suggestion} {shown} show{"" if kinds[1:] else "s"} all.'


def _line_of_train(words: Sequence[str]) -> str:
    """The command `ratezoo train` with the model, the task and the rule that ``words`` name, each in its place."""
    found = {kind: next((w for w in words if kind_of(w) == kind), None) for kind in KINDS}
    options = [f' --{kind} {found[kind]}' for kind in ('task', 'rule') if found[kind]]
    return f'ratezoo train {found["model"] or "RateRNN"}{"".join(options)}'


def joined(args: Sequence[str]) -> list[str]:
    """The words of a command line without the spaces that are clear from what stands around them.

    ``--set n = 20`` becomes ``--set n=20``, ``--set sizes=[64, 10]`` becomes ``--set sizes=[64,10]``, and
    ``--rules RTRL, BPTT`` becomes ``--rules RTRL,BPTT``.
    """
    words, rest = [], list(args)
    while rest:
        word = rest.pop(0)
        words.append(word)
        if word in _PAIRS and rest:
            pair = rest.pop(0)
            while rest and (pair.endswith('=') or rest[0].startswith('=') or pair.count('[') > pair.count(']')):
                if rest[0].startswith('--'):
                    break
                pair += rest.pop(0)
            words.append(pair)
        elif word == '--rules':
            names = []
            while rest and not rest[0].startswith('-'):
                names.append(rest.pop(0))
            words += [','.join(names)] if names else []
    return words


class Command(click.Command):
    """A command that forgives spaces (`joined`), and that says what to type instead of an unknown option or word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As in click; the words are kept in ``ctx.meta['words']`` for the error messages."""
        words = joined(args)
        ctx.meta['words'] = list(words)
        ctx.allow_extra_args = True  # they are refused below, with a remedy
        try:
            extra = super().parse_args(ctx, words)
        except click.NoSuchOption as error:
            raise click.UsageError(self._no_such_option(ctx, error), ctx) from None
        if extra and not ctx.resilient_parsing:
            raise click.UsageError(self._extra_word(ctx, extra), ctx)
        return extra

    def _flags(self) -> list[str]:
        """All options of this command, such as '--set'."""
        return [flag for p in self.params if isinstance(p, click.Option) for flag in p.opts]

    def _no_such_option(self, ctx: click.Context, error: click.NoSuchOption) -> str:
        """The error message for an unknown option: where it belongs, or else the most similar option."""
        words, name = ctx.meta['words'], error.option_name.lstrip('-')
        at = next((i for i, w in enumerate(words) if w.partition('=')[0] == error.option_name), 0)
        value = words[at].partition('=')[2] or (words[at + 1] if words[at + 1 : at + 2] else '')
        value = '' if value.startswith('--') else value
        told = f'there is no option {error.option_name}.'
        if (name == 'model' and '--set' in self._flags()) or (name in KINDS and ctx.info_name == 'info'):
            return f'{told} The {name} stands by itself: ratezoo {ctx.info_name} {value or "RateRNN"}'
        for option, owner, names in self._settings(words):
            for known in names:
                if known.lower() == name.replace('-', '_').lower():
                    key = known if not option.endswith('.') else f'{option.split()[1]}{known}'
                    return f'{told} {known} is an option of {owner}: write {option.split()[0]} {key}={value or "…"}'
        flags = [flag for flag in _OTHER_NAMES.get(name, []) if flag in self._flags()]
        if flags:
            return f'{told} Here it is called {" or ".join(flags)}.'
        others = [f'ratezoo {command}' for command, flags in _flags_of_others(ctx) if error.option_name in flags]
        if others:
            return f'{told} It is an option of {" and of ".join(others)}. See `{ctx.command_path} --help`.'
        suggestion = suggest(error.option_name, self._flags()).replace("'", '')
        return f'{told}{suggestion} `{ctx.command_path} --help` shows all.'

    def _settings(self, words: Sequence[str]) -> Iterator[tuple[str, str, Sequence[str]]]:
        """(option, its owner, its keys) for what --set, --task-set and --option can set on this command line."""
        from ratezoo.cli.parts import parameters

        defaults: dict[str, Any] = {p.opts[0]: p.default for p in self.params if isinstance(p, click.Option)}
        named = {kind: [w for word in words for w in word.split(',') if kind_of(w) == kind] for kind in KINDS}
        for kind, option in (('model', '--set'), ('task', '--task-set')):
            default = [defaults[f'--{kind}']] if f'--{kind}' in defaults else []
            for name in (named[kind] or default) if option in defaults else ():
                yield option, name, list(parameters(KINDS[kind][name]))
        if '--option' in defaults:
            several = '--rules' in defaults
            for name in named['rule'] or str(defaults.get('--rules' if several else '--rule')).split(','):
                yield f'--option {name}.' if several else '--option', name, KINDS['rule'][name].options

    def _extra_word(self, ctx: click.Context, extra: Sequence[str]) -> str:
        """The error message for words that no argument takes: with the option that the first of them lacks."""
        word, words, flags = extra[0], ctx.meta['words'], self._flags()
        at = words.index(word)
        before, told = words[at - 1] if at else '', f'{word!r} is one word too many.'
        option = next((w for w in reversed(words[:at]) if w.startswith('--')), '')
        if option in _PAIRS and '=' not in before and words[at - 2 : at - 1] == [option]:
            return f'{told} Write {option} {before}={word if option != "--over" else "0:2:41"}'
        if re.fullmatch('[a-zµ]+', word) and re.fullmatch(r'[\d.]+', before):
            return f'{told} Write {option} {before} without a unit'
        if '=' in word and '--over' in flags and re.search('[:,]', word):
            return f'{told} Write --over {word}'
        if '=' in word and '--set' in flags:
            flag = option if option in _PAIRS else '--set'
            return f'{told} Write {flag} before each setting: {flag} {word}'
        kind = kind_of(word.rstrip(','))
        if kind is not None:
            if f'--{kind}s' in flags:
                names = [w.strip(',') for w in extra if kind_of(w.strip(',')) == kind]
                return f'{told} Write --{kind}s {",".join(names)}'
            return f'{told} Write --{kind} {word}' if f'--{kind}' in flags else f'{told} Name one at a time.'
        if option == '--monitor':
            return f'{told} Write the option again before each name: --monitor {word}'
        by_pattern = (
            (r'.*\.(png|pdf|svg)', '--plot'),
            (r'.*\.npz', '--save'),
            (r'.*\.csv', '--save'),
            (r'[\d.]+', '--duration'),
        )
        fitting = next((f for pattern, f in by_pattern if re.fullmatch(pattern, word) and f in flags), None)
        if fitting:
            return f'{told} Write {fitting} {word}'
        return f'{told} `{ctx.command_path} --help` shows what is expected.'


def _flags_of_others(ctx: click.Context) -> Iterator[tuple[str, list[str]]]:
    """(command, its options) for the commands beside that of ``ctx``."""
    group = ctx.parent.command if ctx.parent else None
    commands: Mapping[str, click.Command] = getattr(group, 'commands', {})
    for name, command in commands.items():
        if command is not ctx.command:
            yield name, [flag for p in command.params for flag in p.opts]


class Group(click.Group):
    """A group of `Command`; for an unknown command its error message says what to type."""

    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As in click; a command that is written as an option is named."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name.lstrip('-')
            if name not in self.commands:
                raise
            raise click.UsageError(f'{error.message} Did you mean: {ctx.command_path} {name}', ctx) from None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """As in click."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise click.UsageError(f'No such command {args[0]!r}. {self._instead(ctx, args)}', ctx)
        return super().resolve_command(ctx, args)

    def _instead(self, ctx: click.Context, args: Sequence[str]) -> str:
        word, rest = args[0], ' '.join(['', *args[1:]])
        for name, command in self.commands.items():
            if isinstance(command, click.Group) and word in command.commands:
                return f'Did you mean: {ctx.command_path} {name} {word}{rest}'
        if word == 'help':
            return f'Did you mean: {" ".join([ctx.command_path, *args[1:]])} --help'
        if word in ('models', 'rules', 'tasks'):
            return f'Did you mean: ratezoo list {word}'
        if kind_of(word) is not None:
            return f'{word} is a {kind_of(word)}. Did you mean: ratezoo info {word}'
        suggestion = suggest(word, self.commands)
        if suggestion:
            return f'Did you mean: {ctx.command_path} {suggestion.split(chr(39))[1]}{rest}'
        return f'There are: {", ".join(self.list_commands(ctx))}.'
