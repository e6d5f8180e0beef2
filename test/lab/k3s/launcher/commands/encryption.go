package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"honeydue.lab/k3s/server"
)

// SecretsEncrypt is `k3s secrets-encrypt status`; rotating keys is not in the lab.
func SecretsEncrypt(ctx context.Context, args []string) error {
	flags := pflag.NewFlagSet("secrets-encrypt", pflag.ContinueOnError)
	output := flags.StringP("output", "o", "text", "text or json")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.Arg(0) != "status" {
		return errors.New("the lab's launcher has only `k3s secrets-encrypt status`")
	}
	s, err := onServer(nil)
	if err != nil {
		return err
	}
	config, _, err := server.ReadEncryption(s)
	if errors.Is(err, os.ErrNotExist) {
		if *output == "json" {
			return json.NewEncoder(os.Stdout).Encode(map[string]any{"enable": false})
		}
		fmt.Println("Encryption Status: Disabled, no configuration file found")
		return nil
	}
	if err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	problem, err := server.CompareEncryption(attempt, s)
	if err != nil {
		return err
	}
	keys := config.ActiveKeys()
	if *output == "json" {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"enable": true, "stage": "start", "activekey": "AES-CBC " + keys[0],
			"hashmatch": problem == "", "hasherror": problem, "inactivekeys": keys[1:]})
	}
	match := "All hashes match"
	if problem != "" {
		match = problem
	}
	fmt.Printf("Encryption Status: Enabled\nCurrent Rotation Stage: start\nServer Encryption Hashes: %s\n\n", match)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "Active\tKey Type\tName\n------\t--------\t----")
	for index, key := range keys {
		fmt.Fprintf(table, "%s\tAES-CBC\t%s\n", map[bool]string{true: " *"}[index == 0], key)
	}
	return table.Flush()
}
