#!/usr/bin/env node
// zx bootstrap/firewall.mjs --help
import { argumentsAfter, load } from '../tools/load.mjs';

const { firewall } = await load(new URL('src/commands/firewall.ts', import.meta.url));
process.exitCode = await firewall(argumentsAfter(import.meta.filename));
