// Pack makes a k3s binary: the launcher, followed by a zip archive of system images, each a docker-archive of one layer
// that holds one static program. Usage: pack OUTPUT LAUNCHER IMAGE=PROGRAM...
package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: pack OUTPUT LAUNCHER IMAGE=PROGRAM...")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func pack(output, launcher string, definitions []string) error {
	target, err := os.OpenFile(output+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	defer target.Close()
	program, err := os.Open(launcher)
	if err != nil {
		return err
	}
	defer program.Close()
	length, err := io.Copy(target, program)
	if err != nil {
		return err
	}
	archive := zip.NewWriter(target)
	archive.SetOffset(length)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, definition := range definitions {
		name, path, found := strings.Cut(definition, "=")
		if !found {
			return fmt.Errorf("%q is not IMAGE=PROGRAM", definition)
		}
		content, err := image(name, path)
		if err != nil {
			return fmt.Errorf("image %s: %w", name, err)
		}
		entry, err := archive.Create(strings.ReplaceAll(name, "/", "~") + ".tar")
		if err != nil {
			return err
		}
		if _, err := entry.Write(content); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	if err := target.Close(); err != nil {
		return err
	}
	return os.Rename(output+".new", output)
}

// image makes a docker-archive whose entry point is the program, at the root of the file system.
func image(name, path string) ([]byte, error) {
	program, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	entryPoint := "/" + filepath.Base(path)
	layer, err := tarOf(0o755, file{strings.TrimPrefix(entryPoint, "/"), program})
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": "amd64", "os": "linux",
		"config": map[string]any{"Entrypoint": []string{entryPoint}, "Env": []string{"PATH=/"}, "WorkingDir": "/"},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}},
	})
	if err != nil {
		return nil, err
	}
	configName := fmt.Sprintf("%x.json", sha256.Sum256(config))
	manifest, err := json.Marshal([]map[string]any{{"Config": configName, "RepoTags": []string{name}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return nil, err
	}
	return tarOf(0o644, file{configName, config}, file{"manifest.json", manifest}, file{"layer.tar", layer})
}

type file struct {
	name    string
	content []byte
}

// tarOf is the same for the same files: their times are not recorded.
func tarOf(mode int64, files ...file) ([]byte, error) {
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, one := range files {
		header := &tar.Header{Name: one.name, Mode: mode, Size: int64(len(one.content)), ModTime: time.Unix(0, 0), Typeflag: tar.TypeReg}
		if err := writer.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := writer.Write(one.content); err != nil {
			return nil, err
		}
	}
	err := writer.Close()
	return buffer.Bytes(), err
}
