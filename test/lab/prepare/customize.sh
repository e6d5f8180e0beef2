#!/bin/sh
# customize.sh ROOT: run by mmdebstrap when the packages are installed, while the machine's Debian mirror is still
# configured in ROOT. Environment: IMAGE_FILES, REPOSITORY (folder to fill), REPOSITORY_PACKAGES, ENABLED, DISABLED
set -eu
root=$1

# The packages that hosts install later, with everything they need that the image lacks. What a bare
# download folder needs to be a repository is one index.
chroot "$root" apt-get clean
# shellcheck disable=SC2086
chroot "$root" apt-get install --yes --download-only -o APT::Install-Recommends=true $REPOSITORY_PACKAGES
mkdir -p "$REPOSITORY"
cp "$root"/var/cache/apt/archives/*.deb "$REPOSITORY/"
chmod 0644 "$REPOSITORY"/*.deb
(cd "$REPOSITORY" && apt-ftparchive packages . >Packages && gzip -k Packages &&
  apt-ftparchive -o APT::FTPArchive::Release::Origin=honeydue-lab release . >Release.new && mv Release.new Release)
chroot "$root" apt-get clean

# Keys and ids are a host's own: cloud-init and systemd make them at first boot.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*
cp -r "$IMAGE_FILES/." "$root/"
# shellcheck disable=SC2086
chroot "$root" systemctl disable $DISABLED
# shellcheck disable=SC2086
chroot "$root" systemctl enable $ENABLED
