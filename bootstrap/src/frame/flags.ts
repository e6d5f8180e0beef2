import { type ParseArgsConfig, parseArgs } from 'node:util';
import { meant } from '../../../config/suggestion.ts';

/** What every command of bootstrap takes. */
export interface Flags {
  /** Plan and change nothing. */
  readonly dryRun: boolean;
  /** Names of the steps to run; undefined for all. */
  readonly only: readonly string[] | undefined;
  readonly config: string;
  /** Do not ask before changing anything. */
  readonly yes: boolean;
  readonly json: boolean;
  readonly help: boolean;
  /** The command's own options that were given, by name. */
  readonly own: readonly string[];
  /** The values of its {@link Command.named} option, in the order given. */
  readonly named: readonly string[];
}

/** What a command is, for its help. */
export interface Command {
  /** As it is typed: `zx bootstrap/provision.mjs`. */
  readonly usage: string;
  /** One sentence or two. */
  readonly purpose: string;
  /** Name and title of each step, in order; without steps there is no --only. */
  readonly steps: readonly { readonly name: string; readonly title: string }[];
  /** It changes nothing: it takes no lock, and there is nothing to confirm or to try out. */
  readonly looks?: boolean;
  /** Options of this command alone, that are given or not, and what each does. */
  readonly own?: Readonly<Record<string, string>>;
  /** An option of this command alone that names something, and can be given several times. */
  readonly named?: { readonly option: string; readonly value: string; readonly does: string };
  /** Variables of the environment that it reads, and what each holds. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Options after the command, and what that does. */
  readonly examples: readonly (readonly [options: string, does: string])[];
}

/** The command line cannot be understood. The message lists every problem. */
export class FlagsError extends Error {
  override readonly name = 'FlagsError';
}

const OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  config: { type: 'string', default: 'cluster.yaml' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Reads the arguments after the command.
 * @throws FlagsError with every problem at once
 */
export function readFlags(args: readonly string[], command: Command): Flags {
  const options = optionsOf(command);
  const { values, tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const problems = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [`unexpected argument ${token.value}`];
    if (token.kind !== 'option') return [];
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!option) return [`unknown option ${token.rawName}${hint(token.name, Object.keys(options), '--')}`];
    const wantsValue = option.type === 'string';
    if (wantsValue && !token.value) return [`${token.rawName} needs a value`];
    return !wantsValue && token.value !== undefined ? [`${token.rawName} takes no value`] : [];
  });
  const names = command.steps.map(({ name }) => name);
  const only = texts(values.only)
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  problems.push(
    ...only
      .filter((name) => !names.includes(name))
      .map((name) => `unknown step ${name}${hint(name, names)}; steps are ${names.join(', ')}`),
  );
  if (problems.length > 0) {
    throw new FlagsError(`${problems.join('\n')}\nSee ${command.usage} --help.`);
  }
  return {
    dryRun: values['dry-run'] === true,
    only: only.length > 0 ? only : undefined,
    config: typeof values.config === 'string' ? values.config : OPTIONS.config.default,
    yes: values.yes === true,
    json: values.json === true,
    help: values.help === true,
    own: Object.keys(command.own ?? {}).filter((name) => values[name] === true),
    named: command.named ? texts(values[command.named.option]) : [],
  };
}

const texts = (given: unknown): string[] => [given].flat().filter((value) => typeof value === 'string');

type Options = Readonly<Record<string, NonNullable<ParseArgsConfig['options']>[string]>>;

function optionsOf({ steps, own = {}, named, looks = false }: Command): Options {
  const { only, 'dry-run': dryRun, yes, ...always } = OPTIONS;
  const flags = Object.keys(own).map((name) => [name, { type: 'boolean' }] as const);
  return {
    ...always,
    ...(looks ? {} : { 'dry-run': dryRun, yes }),
    ...(steps.length > 0 ? { only } : {}),
    ...Object.fromEntries(flags),
    ...(named && { [named.option]: { type: 'string', multiple: true } as const }),
  };
}

function hint(word: string, known: readonly string[], prefix = ''): string {
  const suggestion = meant(word, known);
  return suggestion === undefined ? '' : `; did you mean ${prefix}${suggestion}?`;
}

/** The text of --help. */
export function helpText(command: Command): string {
  const { usage, purpose, steps, own = {}, named, environment = {}, looks = false, examples } = command;
  const options = [
    ...Object.entries(own).map(([name, does]) => [`--${name}`, does]),
    ...(named ? [[`--${named.option} ${named.value}`, named.does]] : []),
    ...(looks ? [] : [['--dry-run', 'show what would change where, and change nothing']]),
    ...(steps.length > 0 ? [['--only STEP,...', 'run only these steps, in their order']] : []),
    ['--config FILE', `the cluster (default: ${OPTIONS.config.default})`],
    ...(looks ? [] : [['--yes', 'do not ask before changing anything']]),
    ['--json', 'print the result as JSON; progress goes to standard error'],
    ['--help', 'this text'],
  ];
  const parts = [
    purpose,
    `Usage: ${usage} [OPTIONS]`,
    columns(options),
    ...(steps.length > 0 ? [`Steps:\n${columns(steps.map(({ name, title }) => [name, title]))}`] : []),
    ...(Object.keys(environment).length > 0 ? [`Environment:\n${columns(Object.entries(environment))}`] : []),
    `Examples:\n${columns(examples.map(([given, does]) => [`${usage} ${given}`.trim(), does]))}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = '']) => first.length));
  return rows.map(([first = '', second = '']) => `  ${first.padEnd(width)}  ${second}`).join('\n');
}
