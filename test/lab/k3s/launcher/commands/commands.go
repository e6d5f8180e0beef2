// Package commands holds k3s's sub-commands besides `server`.
package commands

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"honeydue.lab/k3s/node"
	"honeydue.lab/k3s/settings"
	"honeydue.lab/k3s/token"
)

// DefaultKubeconfig lets kubectl use the administrator's kubeconfig of this server unless it is told otherwise.
func DefaultKubeconfig() {
	if os.Getenv("KUBECONFIG") != "" {
		return
	}
	file := "/etc/rancher/k3s/k3s.yaml"
	if s, err := settings.ParseShared(nil); err == nil {
		file = s.KubeconfigPath
	}
	if _, err := os.Stat(file); err == nil {
		_ = os.Setenv("KUBECONFIG", file)
	}
}

// Ctr replaces this process by containerd's client, talking to k3s's containerd.
func Ctr(args []string) error {
	binary, err := exec.LookPath("ctr")
	if err != nil {
		return err
	}
	return syscall.Exec(binary, append([]string{"ctr", "--address", node.Socket, "--namespace", "k8s.io"}, args...), os.Environ())
}

// Token makes the passwords of tokens; bootstrap tokens and rotation are not in the lab.
func Token(args []string) error {
	if len(args) == 1 && args[0] == "generate" {
		fmt.Println(token.Random(16))
		return nil
	}
	return fmt.Errorf("the lab's launcher has only `k3s token generate`")
}

// onServer reads the server's own configuration, which these commands need for its folders.
func onServer(args []string) (*settings.Settings, error) {
	s, err := settings.ParseShared(args)
	if err != nil {
		return nil, err
	}
	return s, s.Complete()
}
