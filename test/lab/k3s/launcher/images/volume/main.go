// Volume is the helper of the local-path provisioner: it makes or removes the folder VOL_DIR of a volume on its node.
// The provisioner calls it with `-a create` or `-a delete`.
package main

import (
	"fmt"
	"os"
)

func main() {
	folder, action := os.Getenv("VOL_DIR"), os.Args[len(os.Args)-1]
	var err error
	switch {
	case folder == "":
		err = fmt.Errorf("VOL_DIR is not set")
	case action == "create":
		if err = os.MkdirAll(folder, 0o777); err == nil {
			err = os.Chmod(folder, 0o777) // whatever the umask; the pod's user is not known
		}
	case action == "delete":
		err = os.RemoveAll(folder)
	default:
		err = fmt.Errorf("unknown action %q", action)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
