package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"honeydue.lab/k3s/datastore"
	"honeydue.lab/k3s/settings"
)

// Snapshot is `k3s etcd-snapshot save|ls|delete|prune`.
func Snapshot(ctx context.Context, args []string) error {
	action := "save"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		action, args = args[0], args[1:]
	}
	flags := pflag.NewFlagSet("etcd-snapshot", pflag.ContinueOnError)
	name := flags.String("name", "on-demand", "base name of the snapshot")
	folder := flags.StringP("dir", "", "", "folder of the snapshots")
	flags.StringVar(folder, "etcd-snapshot-dir", "", "folder of the snapshots")
	output := flags.StringP("output", "o", "table", "table or json")
	retention := flags.Int("snapshot-retention", 5, "snapshots to keep")
	flags.IntVar(retention, "etcd-snapshot-retention", 5, "snapshots to keep")
	dataDir := flags.StringP("data-dir", "d", "", "folder of k3s's state")
	_ = flags.Bool("etcd-s3", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var shared []string
	if *dataDir != "" {
		shared = []string{"--data-dir=" + *dataDir}
	}
	s, err := onServer(shared)
	if err != nil {
		return err
	}
	if *folder == "" {
		*folder = s.SnapshotDir
	}
	switch action {
	case "save":
		return save(ctx, s, *folder, *name)
	case "ls", "list", "l":
		return list(*folder, *output, s.NodeName)
	case "delete":
		if flags.NArg() == 0 {
			return errors.New("no snapshots given for removal")
		}
		for _, one := range flags.Args() {
			if err := datastore.Delete(*folder, one); err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, "Snapshot "+one+" deleted.")
		}
		return nil
	case "prune":
		removed, err := datastore.Prune(*folder, *name+"-"+s.NodeName, *retention)
		for _, one := range removed {
			fmt.Fprintln(os.Stderr, "Snapshot "+one.Name+" deleted.")
		}
		return err
	}
	return fmt.Errorf("unknown command %q for etcd-snapshot", action)
}

func save(ctx context.Context, s *settings.Settings, folder, name string) error {
	attempt, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	snapshot, err := datastore.New(s).Save(attempt, folder, name)
	if err != nil {
		return fmt.Errorf("%w (is k3s running on this server?)", err)
	}
	fmt.Fprintln(os.Stderr, "Snapshot "+snapshot.Name+" saved.")
	return nil
}

func list(folder, output, node string) error {
	found, err := datastore.List(folder)
	if err != nil {
		return err
	}
	if output == "json" {
		items := []any{}
		for _, one := range found {
			items = append(items, one.Object(node))
		}
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"apiVersion": "k3s.cattle.io/v1", "kind": "ETCDSnapshotFileList", "items": items})
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "Name\tLocation\tSize\tCreated")
	for _, one := range found {
		fmt.Fprintf(table, "%s\tfile://%s\t%d\t%s\n", one.Name, one.Path, one.Size, one.Created.UTC().Format(time.RFC3339))
	}
	return table.Flush()
}
