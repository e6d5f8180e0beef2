// Package images reads the system images that the build appends to the binary as a zip archive: the lab's hosts reach no
// registry, where a genuine k3s would pull them from one.
package images

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"strings"
)

// Names of the images; the build tags its archives with them.
const (
	Pause         = "honeydue.lab/pause:1"
	Volume        = "honeydue.lab/volume:1"
	CoreDNS       = "honeydue.lab/coredns:1.13.1"
	LocalPath     = "honeydue.lab/local-path-provisioner:0.0.30"
	MetricsServer = "honeydue.lab/metrics-server:0.8.0"
)

// Each calls use with every image archive (docker-archive format) of the running binary, under its image name.
func Each(use func(name string, archive io.Reader) error) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	payload, err := zip.OpenReader(self)
	if err != nil {
		return fmt.Errorf("%s carries no system images: %w", self, err)
	}
	defer payload.Close()
	for _, file := range payload.File {
		archive, err := file.Open()
		if err != nil {
			return err
		}
		err = use(strings.ReplaceAll(strings.TrimSuffix(file.Name, ".tar"), "~", "/"), archive)
		archive.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
