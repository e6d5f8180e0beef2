#!/usr/bin/env node
// zx bootstrap/deploy.mjs --help
import { argumentsAfter, load } from '../tools/load.mjs';

const { deploy } = await load(new URL('src/commands/deploy.ts', import.meta.url));
process.exitCode = await deploy(argumentsAfter(import.meta.filename));
