package commands

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"
)

// warnWithin is k3s's: certificates with less left are renewed at the next start.
const warnWithin = 120 * 24 * time.Hour

// Certificate is `k3s certificate check`; rotation is a restart within the last 120 days.
func Certificate(args []string) error {
	flags := pflag.NewFlagSet("certificate", pflag.ContinueOnError)
	output := flags.StringP("output", "o", "text", "text or table")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.Arg(0) != "check" {
		return errors.New("the lab's launcher has only `k3s certificate check`")
	}
	s, err := onServer(nil)
	if err != nil {
		return err
	}
	var files []string
	for _, folder := range []string{s.Path("server", "tls"), s.Path("agent")} {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "containerd" {
				return fs.SkipDir // layers, not certificates
			}
			if err == nil && strings.HasSuffix(path, ".crt") {
				files = append(files, path)
			}
			return nil
		})
	}
	if len(files) == 0 {
		return fmt.Errorf("no certificates below %s: has this server ever started?", s.DataDir)
	}
	sort.Strings(files)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', 0)
	if *output == "table" {
		fmt.Fprintln(table, "FILENAME\tSUBJECT\tUSAGES\tEXPIRES\tRESIDUAL TIME\tSTATUS\n--------\t-------\t------\t-------\t-------------\t------")
	}
	for _, file := range files {
		if err := describe(table, file, *output == "table"); err != nil {
			return err
		}
	}
	return table.Flush()
}

func describe(table *tabwriter.Writer, file string, row bool) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return fmt.Errorf("%s: not a PEM certificate", file)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	left := time.Until(certificate.NotAfter)
	status := "OK"
	switch {
	case left < 0:
		status = "EXPIRED"
	case left < warnWithin:
		status = "WARNING"
	}
	expires := certificate.NotAfter.UTC().Format(time.RFC3339)
	if row {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d days\t%s\n", filepath.Base(file), certificate.Subject, usages(certificate), expires, int(left.Hours()/24), status)
	} else {
		fmt.Fprintf(table, "%s: certificate %s expires at %s: %s\n", file, certificate.Subject, expires, status)
	}
	return nil
}

func usages(certificate *x509.Certificate) string {
	var names []string
	if certificate.IsCA {
		names = append(names, "CertSign")
	}
	for _, usage := range certificate.ExtKeyUsage {
		switch usage {
		case x509.ExtKeyUsageClientAuth:
			names = append(names, "ClientAuth")
		case x509.ExtKeyUsageServerAuth:
			names = append(names, "ServerAuth")
		}
	}
	return strings.Join(names, ",")
}
