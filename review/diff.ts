import { diffCommand } from './command.ts';

/** npm run diff */
const colors = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
const { code, out, err } = diffCommand(process.argv.slice(2), process.cwd(), colors);
if (out !== '') console.log(out);
if (err !== '') console.error(err);
process.exitCode = code;
