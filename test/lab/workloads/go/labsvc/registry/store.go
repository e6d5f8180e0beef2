package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	library "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// blobs reads from the layout and from what was pushed, and writes only to the latter: the layout
// is a cache that other runs share.
type blobs struct{ layout, uploads string }

func (b *blobs) open(hash v1.Hash) (*os.File, error) {
	file, err := os.Open(filepath.Join(b.layout, "blobs", hash.Algorithm, hash.Hex))
	if errors.Is(err, fs.ErrNotExist) {
		file, err = os.Open(filepath.Join(b.uploads, hash.Hex))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, library.ErrNotFound
	}
	return file, err
}

// Stat is the size of a blob.
func (b *blobs) Stat(_ context.Context, _ string, hash v1.Hash) (int64, error) {
	file, err := b.open(hash)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Get opens a blob.
func (b *blobs) Get(_ context.Context, _ string, hash v1.Hash) (io.ReadCloser, error) {
	return b.open(hash)
}

// Put stores a pushed blob; the library has checked its digest when the reader ends well.
func (b *blobs) Put(_ context.Context, _ string, hash v1.Hash, content io.ReadCloser) error {
	if err := os.MkdirAll(b.uploads, 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(b.uploads, "upload-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if _, err := io.Copy(file, content); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), filepath.Join(b.uploads, hash.Hex))
}

// load puts the manifests of an OCI layout into the store, under the names in their ref.name annotation.
func load(store http.Handler, layout string) error {
	var index struct {
		Manifests []struct {
			MediaType   string            `json:"mediaType"`
			Digest      string            `json:"digest"`
			Annotations map[string]string `json:"annotations"`
		} `json:"manifests"`
	}
	text, err := os.ReadFile(filepath.Join(layout, "index.json"))
	if err != nil {
		return fmt.Errorf("image layout: %w", err)
	}
	if err := json.Unmarshal(text, &index); err != nil {
		return fmt.Errorf("image layout %s: %w", layout, err)
	}
	for _, entry := range index.Manifests {
		reference := entry.Annotations["org.opencontainers.image.ref.name"]
		manifest, err := os.ReadFile(filepath.Join(layout, "blobs", strings.Replace(entry.Digest, ":", "/", 1)))
		if err != nil {
			return fmt.Errorf("image %s: %w", reference, err)
		}
		if err := put(store, reference, entry.MediaType, manifest); err != nil {
			return err
		}
	}
	return nil
}

// put stores a manifest under a reference such as docker.io/library/redis:7-alpine.
func put(store http.Handler, reference, mediaType string, manifest []byte) error {
	path, err := manifestPath(reference)
	if err != nil {
		return err
	}
	request := httptest.NewRequest(http.MethodPut, path, bytes.NewReader(manifest))
	request.Header.Set("Content-Type", mediaType)
	answer := httptest.NewRecorder()
	store.ServeHTTP(answer, request)
	if answer.Code != http.StatusCreated {
		return fmt.Errorf("image %s was not accepted: %d %s", reference, answer.Code, answer.Body)
	}
	return nil
}

// tagged is registry/path:tag, as the distribution specification spells them.
var tagged = regexp.MustCompile(`^([a-z0-9.-]+(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$`)

func manifestPath(reference string) (string, error) {
	parts := tagged.FindStringSubmatch(reference)
	if parts == nil {
		return "", fmt.Errorf("image reference %q is not REGISTRY/NAME:TAG", reference)
	}
	return "/v2/" + parts[1] + "/manifests/" + parts[2], nil
}
