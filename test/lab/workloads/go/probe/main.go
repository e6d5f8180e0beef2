// Command probe looks at the network from inside a pod: one try, one line, exit code 0 when it worked.
//
//	probe http URL | probe tcp HOST:PORT | probe dns NAME | probe serve ADDRESS
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const patience = 3 * time.Second

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: probe http|tcp|dns|serve TARGET")
		os.Exit(2)
	}
	line, err := try(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(line)
}

func try(what, target string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch what {
	case "http":
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			return "", err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
		return fmt.Sprintf("%d %s", answer.StatusCode, body), err
	case "tcp":
		connection, err := new(net.Dialer).DialContext(ctx, "tcp", target)
		if err != nil {
			return "", err
		}
		return "open", connection.Close()
	case "dns":
		addresses, err := net.DefaultResolver.LookupHost(ctx, target)
		return fmt.Sprint(addresses), err
	case "serve":
		host, err := os.Hostname()
		if err != nil {
			return "", err
		}
		return "", http.ListenAndServe(target, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s saw %s\n", host, r.RemoteAddr)
		}))
	}
	return "", fmt.Errorf("unknown probe %q", what)
}
