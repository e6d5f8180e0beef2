/** What the provider's server image has, plus what k3s brings along in its own binary (the last line). */
export const BASE_PACKAGES = [
  ...['systemd', 'systemd-sysv', 'systemd-timesyncd', 'dbus', 'libpam-systemd', 'udev', 'cloud-init'],
  ...['openssh-server', 'sudo', 'ufw', 'iptables', 'nftables', 'iproute2', 'iputils-ping', 'netcat-openbsd'],
  ...['ca-certificates', 'curl', 'openssl', 'python3', 'cron', 'rsyslog', 'logrotate', 'unattended-upgrades'],
  ...[
    'bash-completion',
    'less',
    'procps',
    'psmisc',
    'kmod',
    'ethtool',
    'gpgv',
    'tcpdump',
    'vim-tiny',
    'xz-utils',
    'zstd',
  ],
  ...['containerd', 'runc', 'containernetworking-plugins', 'conntrack', 'socat', 'ipset', 'ebtables'],
] as const;

/** Not in the image: installed on hosts by apt-get, from the lab's repository, with all they depend on. */
export const REPOSITORY_PACKAGES = [
  ...['fail2ban', 'chrony', 'jq', 'auditd', 'needrestart', 'wireguard-tools', 'nfs-common', 'open-iscsi'],
  ...['htop', 'unzip', 'apt-listchanges'],
] as const;

/** Units of the image that a fresh server does not run. */
export const DISABLED_UNITS = ['containerd.service', 'e2scrub_reap.service', 'e2scrub_all.timer'] as const;

export const ENABLED_UNITS = ['lab-boot.service', 'systemd-networkd.service', 'ssh.service'] as const;

export const SUITE = 'bookworm';
