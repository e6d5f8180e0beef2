import { COMMANDS } from './commands/index.ts';
import { messageOf } from './core/errors.ts';

const USAGE = `npm run lab -- COMMAND

  up                  start the lab and leave it running (about half a minute from the cache)
  status              what runs where, and how to reach it
  ssh HOST [COMMAND]  open a shell on a host as the operator would, through the host's firewall
  exec HOST COMMAND   run a command on a host without the network, whatever its firewall says
  from PLACE COMMAND  run a command as operator, edge, internet, neighbour or services
  kubectl ...         kubectl of the first host that is on
  power HOST off|on|shutdown|reboot
  down                end it and remove everything it made

First use on a machine: test/lab/setup
`;

async function main(): Promise<number> {
  const [name, ...words] = process.argv.slice(2);
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    (name === undefined || name === 'help' ? process.stdout : process.stderr).write(USAGE);
    return name === undefined || name === 'help' ? 0 : 2;
  }
  return command(words);
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  },
);
