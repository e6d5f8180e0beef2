// Command labsvc is every service that the lab has outside its hosts, one a process:
//
//	labsvc registry -listen ADDRESS -layout DIR -uploads DIR -private HOST -user NAME
//	labsvc obs      -listen ADDRESS
//	labsvc mail     -listen ADDRESS -control ADDRESS -pki DIR
//	labsvc front    -listen ADDRESS -pki DIR -route HOST=ADDRESS ...
//	labsvc pki      -dir DIR -name HOST ...
//
// Passwords and tokens come from the environment: LAB_PASSWORD, LAB_TOKENS (comma-separated).
package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"honeydue.lab/workloads/labsvc/front"
	"honeydue.lab/workloads/labsvc/mail"
	"honeydue.lab/workloads/labsvc/obs"
	"honeydue.lab/workloads/labsvc/pki"
	"honeydue.lab/workloads/labsvc/registry"
)

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "labsvc:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("which service? registry, obs, mail, front or pki")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	listen := flags.String("listen", "", "address to serve on")
	control := flags.String("control", "", "address of the mail list")
	dir := flags.String("dir", "", "folder")
	pkiDir := flags.String("pki", "", "folder with server.pem and server.key")
	layout := flags.String("layout", "", "OCI image layout")
	uploads := flags.String("uploads", "", "folder for pushed images")
	user := flags.String("user", "", "account name")
	var routes, names, private list
	flags.Var(&routes, "route", "HOST=ADDRESS")
	flags.Var(&names, "name", "host name of the certificate")
	flags.Var(&private, "private", "registry that needs credentials")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "pki":
		if len(names) == 0 {
			return errors.New("pki needs at least one -name")
		}
		return pki.Write(*dir, names)
	case "registry":
		handler, err := registry.New(registry.Config{
			Layout: *layout, Uploads: *uploads, Private: private, User: *user, Password: os.Getenv("LAB_PASSWORD"),
		})
		if err != nil {
			return err
		}
		return serve(*listen, handler, nil)
	case "obs":
		return serve(*listen, obs.New(strings.Split(os.Getenv("LAB_TOKENS"), ",")), nil)
	case "mail":
		certificate, err := certificateIn(*pkiDir)
		if err != nil {
			return err
		}
		return mail.Serve(*listen, *control, certificate, os.Getenv("LAB_PASSWORD"))
	case "front":
		certificate, err := certificateIn(*pkiDir)
		if err != nil {
			return err
		}
		targets := map[string]string{}
		for _, route := range routes {
			host, address, found := strings.Cut(route, "=")
			if !found {
				return fmt.Errorf("route %q is not HOST=ADDRESS", route)
			}
			targets[host] = address
		}
		return serve(*listen, front.New(targets), &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
	}
	return fmt.Errorf("unknown service %q", args[0])
}

func serve(address string, handler http.Handler, secure *tls.Config) error {
	server := http.Server{Addr: address, Handler: handler, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second}
	if secure != nil {
		return server.ListenAndServeTLS("", "")
	}
	return server.ListenAndServe()
}

func certificateIn(dir string) (tls.Certificate, error) {
	return tls.LoadX509KeyPair(filepath.Join(dir, "server.pem"), filepath.Join(dir, "server.key"))
}
