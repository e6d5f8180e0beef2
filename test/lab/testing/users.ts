import { operatorKey } from '../lab.ts';

/** cloud-init user data for a server with the user that production has. */
export function deployUser(): string {
  return `#cloud-config
package_update: false
users:
  - name: deploy
    groups: [sudo]
    shell: /bin/bash
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys: ["${operatorKey()}"]
write_files:
  - { path: /etc/lab-note, content: "from user data\\n", permissions: "0640" }
runcmd:
  - [sh, -c, "echo ran >> /root/runcmd"]
`;
}
