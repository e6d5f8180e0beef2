import { type HostFile, hostFile } from './host-file.ts';

/** UFW's own file, whole: what no rule fits is refused, IPv6 is filtered alike (N-6). */
export const ufwDefaultsFile: HostFile = hostFile(
  {
    path: '/etc/default/ufw',
    reason: 'incoming and routed traffic is refused unless a rule allows it, IPv6 too',
  },
  `IPV6=yes
DEFAULT_INPUT_POLICY="DROP"
DEFAULT_OUTPUT_POLICY="ACCEPT"
DEFAULT_FORWARD_POLICY="DROP"
DEFAULT_APPLICATION_POLICY="SKIP"
MANAGE_BUILTINS=no
IPT_SYSCTL=/etc/ufw/sysctl.conf
IPT_MODULES=""`,
);
