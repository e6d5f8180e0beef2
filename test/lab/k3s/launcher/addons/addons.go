// Package addons deploys the packaged components and whatever an operator puts into server/manifests.
package addons

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"text/template"
	"time"

	"honeydue.lab/k3s/images"
	"honeydue.lab/k3s/pki"
	"honeydue.lab/k3s/settings"
)

//go:embed manifests
var packaged embed.FS

// Deployer applies manifests through the launcher's own kubectl.
type Deployer struct {
	settings *settings.Settings
	applied  map[string]time.Time // by file: its modification time
}

// NewDeployer writes the packaged manifests, as k3s does at every start.
func NewDeployer(s *settings.Settings) (*Deployer, error) {
	d := &Deployer{settings: s, applied: map[string]time.Time{}}
	if err := os.MkdirAll(d.folder(), 0o700); err != nil {
		return nil, err
	}
	names, err := fs.ReadDir(packaged, "manifests")
	if err != nil {
		return nil, err
	}
	for _, entry := range names {
		text, err := Render(s, entry.Name())
		if err != nil {
			return nil, err
		}
		if !s.Disabled(component(entry.Name())) {
			if err := pki.WriteFile(filepath.Join(d.folder(), entry.Name()), text, 0o600); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

func (d *Deployer) folder() string { return d.settings.Path("server", "manifests") }

func component(file string) string { return strings.TrimSuffix(file, filepath.Ext(file)) }

// Render fills in a packaged manifest.
func Render(s *settings.Settings, name string) ([]byte, error) {
	text, err := packaged.ReadFile("manifests/" + name)
	if err != nil {
		return nil, err
	}
	parsed, err := template.New(name).Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, err
	}
	storage := s.LocalStoragePath
	if storage == "" {
		storage = s.Path("storage")
	}
	var result bytes.Buffer
	err = parsed.Execute(&result, map[string]string{
		"ClusterDomain": s.ClusterDomain, "ClusterDNS": s.ClusterDNS, "StoragePath": storage,
		"CoreDNS": images.CoreDNS, "LocalPath": images.LocalPath, "Volume": images.Volume, "MetricsServer": images.MetricsServer,
	})
	return result.Bytes(), err
}

// Run applies what is new or changed, at once and then every 15 s, until the context ends. Files that an operator deletes
// delete nothing; packaged ones that are disabled are uninstalled, once.
func (d *Deployer) Run(ctx context.Context) {
	removed := map[string]bool{}
	for {
		pending := d.pass(ctx, removed)
		pause := 15 * time.Second
		if pending {
			pause = 2 * time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (d *Deployer) pass(ctx context.Context, removed map[string]bool) (pending bool) {
	for file := range d.disabled() {
		if removed[file] {
			continue
		}
		text, err := Render(d.settings, file)
		if err == nil {
			err = d.kubectl(ctx, text, "delete", "--ignore-not-found", "--wait=false", "-f", "-")
		}
		if err == nil {
			err = os.RemoveAll(filepath.Join(d.folder(), file))
		}
		removed[file] = err == nil
		pending = pending || err != nil
	}
	for _, file := range d.files() {
		info, err := os.Stat(file)
		if err != nil || d.applied[file].Equal(info.ModTime()) {
			continue
		}
		text, err := os.ReadFile(file)
		if err == nil {
			err = d.kubectl(ctx, text, "apply", "--server-side", "--force-conflicts", "--field-manager=k3s-deploy", "-f", "-")
		}
		if err != nil {
			slog.Warn("Failed to apply "+file, "error", err)
			pending = true
			continue
		}
		d.applied[file] = info.ModTime()
	}
	return pending
}

func (d *Deployer) disabled() map[string]bool {
	result := map[string]bool{}
	names, _ := fs.ReadDir(packaged, "manifests")
	for _, entry := range names {
		if d.settings.Disabled(component(entry.Name())) {
			result[entry.Name()] = true
		}
	}
	return result
}

func (d *Deployer) files() []string {
	var files []string
	_ = filepath.WalkDir(d.folder(), func(path string, entry fs.DirEntry, err error) error {
		extension := filepath.Ext(path)
		if err == nil && !entry.IsDir() && (extension == ".yaml" || extension == ".yml" || extension == ".json") &&
			!d.disabled()[entry.Name()] && !d.settings.Disabled(component(entry.Name())) {
			files = append(files, path)
		}
		return nil
	})
	sort.Strings(files)
	return files
}

func (d *Deployer) kubectl(ctx context.Context, input []byte, args ...string) error {
	command := exec.CommandContext(ctx, "/proc/self/exe", append([]string{"--kubeconfig", d.settings.Path("server", "cred", "supervisor.kubeconfig")}, args...)...)
	command.Args[0] = "kubectl"
	command.Stdin = bytes.NewReader(input)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}
