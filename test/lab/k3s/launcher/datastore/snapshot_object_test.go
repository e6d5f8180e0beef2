package datastore

import (
	"testing"
	"time"
)

func TestSnapshotObjectIsNamedAsK3sNamesIt(t *testing.T) {
	s := Snapshot{Name: "on-demand-Server-1-1730308816", Path: "/snapshots/on-demand-Server-1-1730308816", Size: 7, Created: time.Unix(1730308816, 0)}
	object := s.Object("Server-1")
	// printf 'Server-1file:///snapshots/on-demand-Server-1-1730308816' | sha256sum
	if name := object["metadata"].(map[string]any)["name"]; name != "local-on-demand-server-1-1730308816-a52068" {
		t.Error(name)
	}
	if created := object["status"].(map[string]any)["creationTime"]; created != "2024-10-30T17:20:16Z" {
		t.Error(created)
	}
}
