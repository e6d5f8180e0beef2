// Package node runs what every Kubernetes node runs: containerd, images, pod network, kubelet and kube-proxy.
package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/process"
	"honeydue.lab/k3s/settings"
)

// Socket is where containerd listens, as in k3s.
const Socket = "/run/k3s/containerd/containerd.sock"

// PluginFolder holds the CNI plug-ins of Debian's containernetworking-plugins.
const PluginFolder = "/usr/lib/cni"

// containerdConfig is for containerd 1.6, Debian's. Without CAP_SYS_RESOURCE, which virtual machines of CI systems lack,
// runc cannot lower oom_score_adj and fails; restrict_oom_score_adj keeps it from trying.
const containerdConfig = `version = 2
root = "%[1]s/agent/containerd"
state = "/run/k3s/containerd"
[grpc]
  address = "` + Socket + `"
[plugins."io.containerd.internal.v1.opt"]
  path = "%[1]s/agent/containerd"
[plugins."io.containerd.grpc.v1.cri"]
  stream_server_address = "127.0.0.1"
  stream_server_port = "10010"
  enable_selinux = false
  restrict_oom_score_adj = true
  sandbox_image = "%[2]s"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "` + PluginFolder + `"
  conf_dir = "%[1]s/agent/etc/cni/net.d"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "%[1]s/agent/etc/containerd/certs.d"
%[3]s`

// StartContainerd writes the configuration, starts containerd and waits until it answers. Its shims are not the
// launcher's children: pods outlive a restart.
func StartContainerd(ctx context.Context, s *settings.Settings, pauseImage string) (*process.Child, error) {
	binary, err := exec.LookPath("containerd")
	if err != nil {
		return nil, fmt.Errorf("containerd is not installed: %w", err)
	}
	credentials, err := writeRegistries(s)
	if err != nil {
		return nil, err
	}
	if s.PauseImage != "" {
		pauseImage = s.PauseImage
	}
	file := s.Path("agent", "etc", "containerd", "config.toml")
	if err := pki.WriteFile(file, fmt.Appendf(nil, containerdConfig, s.DataDir, pauseImage, credentials), 0o600); err != nil {
		return nil, err
	}
	child, err := process.Start(process.Command{Name: "containerd", Executable: binary,
		Args: []string{"--config", file, "--log-level", "warn"}})
	if err != nil {
		return nil, err
	}
	for {
		output, err := Ctr(ctx, "version")
		if err == nil {
			return child, nil
		}
		select {
		case <-child.Done:
			return nil, fmt.Errorf("containerd ended at once: %v", child.Err)
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for containerd: %w; last answer: %s", ctx.Err(), output)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Ctr runs containerd's client against this node's containerd and returns what it printed.
func Ctr(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "ctr", append([]string{"--address", Socket, "--namespace", "k8s.io"}, args...)...)
	command.Env = append(os.Environ(), "NOTIFY_SOCKET=")
	output, err := command.CombinedOutput()
	if err != nil {
		return string(output), fmt.Errorf("ctr %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(output)))
	}
	return string(output), nil
}
