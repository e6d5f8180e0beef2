package datastore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"go.etcd.io/etcd/client/v3/snapshot"
	"go.uber.org/zap"
)

// Snapshot is one file in the snapshot folder.
type Snapshot struct {
	Name    string
	Path    string
	Size    int64
	Created time.Time
}

// Save writes a snapshot NAME-NODE-UNIXTIME of the local member, mode 0600.
func (d *Datastore) Save(ctx context.Context, folder, name string) (Snapshot, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Snapshot{}, err
	}
	config, err := d.clientConfig(localEndpoint)
	if err != nil {
		return Snapshot{}, err
	}
	now := time.Now().Truncate(time.Second)
	full := fmt.Sprintf("%s-%s-%d", name, d.Node, now.Unix())
	path := filepath.Join(folder, full)
	if _, err := snapshot.SaveWithVersion(ctx, zap.NewNop(), config, path); err != nil {
		return Snapshot{}, fmt.Errorf("saving etcd snapshot %s: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{Name: full, Path: path, Size: info.Size(), Created: now}, nil
}

// List returns the snapshots of a folder, oldest first; a folder that is not there has none.
func List(folder string) ([]Snapshot, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Snapshot
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || strings.HasSuffix(entry.Name(), ".part") {
			continue
		}
		found = append(found, Snapshot{Name: entry.Name(), Path: filepath.Join(folder, entry.Name()), Size: info.Size(), Created: info.ModTime()})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Created.Before(found[j].Created) })
	return found, nil
}

// Delete removes a snapshot by name.
func Delete(folder, name string) error {
	if name != filepath.Base(name) {
		return fmt.Errorf("snapshot name %q: it must not be a path", name)
	}
	if err := os.Remove(filepath.Join(folder, name)); err != nil {
		return fmt.Errorf("deleting snapshot: %w", err)
	}
	return nil
}

// Prune removes all but the newest snapshots whose names begin with the prefix, and returns those it removed.
func Prune(folder, prefix string, keep int) ([]Snapshot, error) {
	all, err := List(folder)
	if err != nil {
		return nil, err
	}
	var matching []Snapshot
	for _, one := range all {
		if strings.HasPrefix(one.Name, prefix) {
			matching = append(matching, one)
		}
	}
	if len(matching) <= keep {
		return nil, nil
	}
	surplus := matching[:len(matching)-keep]
	for _, one := range surplus {
		if err := Delete(folder, one.Name); err != nil {
			return nil, err
		}
	}
	return surplus, nil
}
