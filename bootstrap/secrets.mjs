#!/usr/bin/env node
// zx bootstrap/secrets.mjs --help
import { argumentsAfter, load } from '../tools/load.mjs';

const { secrets } = await load(new URL('src/commands/secrets.ts', import.meta.url));
process.exitCode = await secrets(argumentsAfter(import.meta.filename));
