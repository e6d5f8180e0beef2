package node

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"

	"honeydue.lab/k3s/images"
	"honeydue.lab/k3s/settings"
)

// ImportImages gives containerd the system images of the binary and, as k3s does, the archives in agent/images.
func ImportImages(ctx context.Context, s *settings.Settings) error {
	present, err := Ctr(ctx, "images", "list", "--quiet")
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, name := range strings.Fields(present) {
		known[name] = true
	}
	err = images.Each(func(name string, archive io.Reader) error {
		if known[name] {
			return nil
		}
		slog.Info("Importing image " + name)
		command := exec.CommandContext(ctx, "ctr", "--address", Socket, "--namespace", "k8s.io", "images", "import", "-")
		command.Stdin = archive
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("importing image %s: %w: %s", name, err, output)
		}
		return nil
	})
	if err != nil {
		return err
	}
	archives, _ := filepath.Glob(s.Path("agent", "images", "*.tar"))
	for _, archive := range archives {
		if _, err := Ctr(ctx, "images", "import", archive); err != nil {
			return err
		}
	}
	return nil
}
