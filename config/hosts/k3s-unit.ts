import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

/** What k3s reads when it starts, and only then. */
export const k3sStartFiles = [
  k3sPaths.unit,
  k3sPaths.config,
  k3sPaths.registries,
  k3sPaths.admission,
  k3sPaths.auditPolicy,
  k3sPaths.kubelet,
] as const;

/**
 * The unit that k3s' installer writes, without its environment files: config.yaml is the only place for settings. Its
 * first line keeps the hashes of what k3s was started with: a run can tell from them whether a restart is due.
 * KillMode=process: pods go on while k3s restarts.
 */
export const k3sUnitFile: HostFile = hostFile(
  {
    path: k3sPaths.unit,
    reason: 'starts k3s at boot, after the network and behind the firewall',
    activate: [['systemctl', 'daemon-reload']],
  },
  `[Unit]
Description=Lightweight Kubernetes
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target ufw.service

[Install]
WantedBy=multi-user.target

[Service]
Type=notify
KillMode=process
Delegate=yes
User=root
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s
ExecStartPre=-/bin/sh -c 'sha256sum ${k3sStartFiles.join(' ')} >${k3sPaths.startedWith}'
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=${k3sPaths.binary} server`,
);
