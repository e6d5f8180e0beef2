import { type HostFile, hostFile } from './host-file.ts';
import { k3sPaths } from './k3s-paths.ts';

/**
 * The unit that k3s' installer writes, without its environment files: config.yaml is the only place for settings.
 * KillMode=process: pods go on while k3s restarts.
 */
export const k3sUnitFile: HostFile = hostFile(
  { path: k3sPaths.unit, reason: 'starts k3s at boot, after the network and behind the firewall' },
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
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=${k3sPaths.binary} server`,
);
