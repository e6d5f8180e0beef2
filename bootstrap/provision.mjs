#!/usr/bin/env node
// zx bootstrap/provision.mjs --help
import { argumentsAfter, load } from '../tools/load.mjs';

const { provision } = await load(new URL('src/commands/provision.ts', import.meta.url));
process.exitCode = await provision(argumentsAfter(import.meta.filename));
