import { ufwEdits } from '../../bootstrap/src/firewall/edits.ts';
import {
  isOurs,
  type ListedRule,
  listed,
  parseRule,
  readRules,
} from '../../bootstrap/src/firewall/rule-list.ts';
import { ufwTuple } from '../../config/hosts/ufw-render.ts';
import { isIPv6, type UfwRule } from '../../config/hosts/ufw-rule.ts';
import { ufwRules } from '../../config/hosts/ufw-rules.ts';
import { cluster } from '../clusters.ts';

/** Numbers from a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

/** UFW's own handling of its lists, as its backend_iptables.py does it; the lab holds it against the real one. */
class Ufw {
  v4: ListedRule[] = [];
  v6: ListedRule[] = [];

  run(words: readonly string[]): void {
    const how = words.find((word) => word === 'insert' || word === 'delete');
    const rule = ruleOf(words);
    const row = listed(rule);
    const list = isIPv6(rule) ? this.v6 : this.v4;
    const at = list.findIndex(({ key }) => key === row.key);
    if (how === 'delete') {
      if (at < 0) throw new Error('Could not delete non-existent rule');
      list.splice(at, 1);
    } else if (how === 'insert') {
      const position = Number(words[words.indexOf('insert') + 1]) - (isIPv6(rule) ? this.v4.length : 0);
      if (at >= 0) throw new Error('Skipping inserting existing rule');
      if (position < 1 || position > list.length) throw new Error(`Invalid position '${position}'`);
      list.splice(position - 1, 0, row);
    } else if (at >= 0) list[at] = row;
    else list.push(row);
  }
}

/** The rule that the words of a command mean, found among all that are used here. */
function ruleOf(words: readonly string[]): UfwRule {
  const bare = (list: readonly string[]) =>
    list.filter((word, i) => word !== 'delete' && word !== 'insert' && list[i - 1] !== 'insert').join(' ');
  const found = pool.find((rule) => bare(wordsOf(rule)) === bare(words));
  if (!found) throw new Error(`no such rule: ${words.join(' ')}`);
  return found;
}

const wordsOf = (rule: UfwRule) => {
  const [command = []] = ufwEdits({ v4: [], v6: [] }, [rule]);
  return command;
};

const [node] = cluster().nodes;
if (node === undefined) throw new Error('no node');
const real = ufwRules(cluster(), node);
const pool: UfwRule[] = real;

const somebodys: readonly ListedRule[] = [
  { key: 'allow tcp 8080 0.0.0.0/0 any 10.9.8.7 in', comment: '' },
  { key: 'deny any any 0.0.0.0/0 any 10.9.8.6 in', comment: 'mine' },
];

test('from nothing, real rules stand in their order', () => {
  const ufw = new Ufw();
  for (const words of ufwEdits(ufw, real)) ufw.run(words);
  expect([...ufw.v4, ...ufw.v6]).toEqual([
    ...real.filter((rule) => !isIPv6(rule)).map(listed),
    ...real.filter(isIPv6).map(listed),
  ]);
  expect(ufwEdits(ufw, real)).toEqual([]);
});

// In production ranges come and go, nodes are replaced, and people add rules of their own in between.
test('from any list to any other, ours end in order and nothing of others moves', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const pick = random(seed);
    const some = () => real.filter(() => pick(3) > 0);
    const ufw = new Ufw();
    for (const rule of some().sort(() => pick(3) - 1)) {
      (isIPv6(rule) ? ufw.v6 : ufw.v4).push(listed(rule));
    }
    for (const row of somebodys) ufw.v4.splice(pick(ufw.v4.length + 1), 0, row);
    const others = ufw.v4.filter((row) => !isOurs(row));
    const wanted = some();
    for (const words of ufwEdits(ufw, wanted)) ufw.run(words);
    expect({ seed, ours: [...ufw.v4, ...ufw.v6].filter(isOurs) }).toEqual({
      seed,
      ours: [...wanted.filter((rule) => !isIPv6(rule)), ...wanted.filter(isIPv6)].map(listed),
    });
    expect({ seed, others: ufw.v4.filter((row) => !isOurs(row)) }).toEqual({ seed, others });
    expect({ seed, left: ufwEdits(ufw, wanted) }).toEqual({ seed, left: [] });
  }
});

test('what is new is there before what it replaces goes, so that Cloudflare is never shut out in between', () => {
  const edge = real.filter(({ tag }) => tag === 'edge');
  const before = {
    v4: edge
      .filter((rule) => !isIPv6(rule))
      .slice(0, 3)
      .map(listed),
    v6: [],
  };
  const edits = ufwEdits(before, edge.slice(1, 5));
  const lastAdded = edits.findLastIndex((words) => !words.includes('delete'));
  const firstRemoved = edits.findIndex((words) => words.includes('delete'));
  expect(firstRemoved).toBeGreaterThan(lastAdded);
});

test("somebody's rule that is the same as one of ours becomes ours where it stands", () => {
  const [ssh] = real;
  if (ssh === undefined) throw new Error('no rule');
  const rules = { v4: [{ ...listed(ssh), comment: 'by hand' }], v6: [] };
  expect(ufwEdits(rules, [ssh])).toEqual([wordsOf(ssh)]);
});

test('every rule of ours can be read back from its line', () => {
  for (const rule of real) {
    const [row] = readRules(ufwTuple(rule));
    if (row === undefined) throw new Error('no line');
    expect(ufwTuple(parseRule(row))).toBe(ufwTuple(rule));
  }
});
