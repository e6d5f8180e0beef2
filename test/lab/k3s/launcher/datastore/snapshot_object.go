package datastore

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// StorageNodeLabel names, on an ETCDSnapshotFile, the server that has the file.
const StorageNodeLabel = "etcd.k3s.cattle.io/snapshot-storage-node"

// Object is the ETCDSnapshotFile that k3s keeps of a snapshot, named as k3s names it: the digest keeps files of one name on
// several servers apart.
func (s Snapshot) Object(node string) map[string]any {
	location := "file://" + s.Path
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(node+location)))
	return map[string]any{
		"apiVersion": "k3s.cattle.io/v1",
		"kind":       "ETCDSnapshotFile",
		"metadata": map[string]any{
			"name":   "local-" + strings.ToLower(s.Name) + "-" + digest[:6],
			"labels": map[string]any{StorageNodeLabel: node},
		},
		"spec": map[string]any{"snapshotName": s.Name, "nodeName": node, "location": location},
		"status": map[string]any{
			"size": strconv.FormatInt(s.Size, 10), "creationTime": s.Created.UTC().Format(time.RFC3339), "readyToUse": true,
		},
	}
}
