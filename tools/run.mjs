// Runs a TypeScript entry point: node tools/run.mjs main.ts [ARGUMENTS].
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { load } from './load.mjs';

const [node, , entry, ...args] = process.argv;
// The program sees the arguments that it would see when run by itself.
process.argv = [node, entry, ...args];
await load(pathToFileURL(resolve(entry)));
