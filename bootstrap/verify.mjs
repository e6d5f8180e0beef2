#!/usr/bin/env node
// zx bootstrap/verify.mjs --help
import { argumentsAfter, load } from '../tools/load.mjs';

const { verify } = await load(new URL('src/commands/verify.ts', import.meta.url));
process.exitCode = await verify(argumentsAfter(import.meta.filename));
