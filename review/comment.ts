import { commentCommand } from './comment/command.ts';

/** npm run diff:comment */
void commentCommand(process.argv.slice(2), process.cwd(), process.env).then(({ code, out, err }) => {
  if (out !== '') console.log(out);
  if (err !== '') console.error(err);
  process.exitCode = code;
});
