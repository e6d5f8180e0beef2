import { type HostFile, hostFile } from './host-file.ts';
import { loginUser } from './login.ts';

export const sudoersFile: HostFile = hostFile(
  {
    path: '/etc/sudoers.d/90-honeydue',
    mode: '0440',
    reason: `${loginUser} works as root; a password would be one more secret, and nobody types it in a script`,
  },
  `${loginUser} ALL=(ALL) NOPASSWD:ALL`,
);
