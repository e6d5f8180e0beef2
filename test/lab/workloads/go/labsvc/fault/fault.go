// Package fault makes a service of the lab fail on request.
package fault

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// Switch stands in front of a service. PUT /lab/fault with a mode as its body sets it:
// "none"; a status code such as "503" or "401"; "hang" (never answers); "drop" (closes the connection).
type Switch struct{ mode atomic.Value }

// Wrap puts the switch in front of next. Paths under /lab/ are never faulty.
func (s *Switch) Wrap(next http.Handler) http.Handler {
	s.mode.Store("none")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/lab/fault" && r.Method == http.MethodPut {
			s.set(w, r)
			return
		}
		mode := s.mode.Load()
		if strings.HasPrefix(r.URL.Path, "/lab/") || mode == "none" {
			next.ServeHTTP(w, r)
			return
		}
		switch mode {
		case "hang":
			<-r.Context().Done()
		case "drop":
			panic(http.ErrAbortHandler)
		default:
			status, _ := strconv.Atoi(mode.(string)) // checked by set
			http.Error(w, "fault set by the lab", status)
		}
	})
}

func (s *Switch) set(w http.ResponseWriter, r *http.Request) {
	var mode string
	if _, err := fmt.Fscan(http.MaxBytesReader(w, r.Body, 16), &mode); err != nil {
		http.Error(w, "the body must be a mode: none, hang, drop or a status code", http.StatusBadRequest)
		return
	}
	status, err := strconv.Atoi(mode)
	known := mode == "none" || mode == "hang" || mode == "drop" || err == nil && status >= 400 && status < 600
	if !known {
		http.Error(w, mode+" is no mode: none, hang, drop or a status code from 400 to 599", http.StatusBadRequest)
		return
	}
	s.mode.Store(mode)
	w.WriteHeader(http.StatusNoContent)
}
