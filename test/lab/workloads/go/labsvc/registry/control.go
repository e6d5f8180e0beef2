package registry

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
)

// control is how tests change the registry while it runs.
type control struct {
	store http.Handler
	open  atomic.Bool
}

func (c *control) routes(mux *http.ServeMux) {
	// The flaw of Gitea before 1.26.2 (CVE-2026-27771): private images for anyone.
	mux.HandleFunc("PUT /lab/anonymous", func(w http.ResponseWriter, _ *http.Request) { c.set(w, true) })
	mux.HandleFunc("DELETE /lab/anonymous", func(w http.ResponseWriter, _ *http.Request) { c.set(w, false) })
	mux.HandleFunc("PUT /lab/tag", func(w http.ResponseWriter, r *http.Request) {
		if err := c.tag(r.URL.Query().Get("from"), r.URL.Query().Get("to")); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

func (c *control) set(w http.ResponseWriter, open bool) {
	c.open.Store(open)
	w.WriteHeader(http.StatusNoContent)
}

// tag gives the image at reference from the further name to.
func (c *control) tag(from, to string) error {
	path, err := manifestPath(from)
	if err != nil {
		return err
	}
	answer := httptest.NewRecorder()
	c.store.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	if answer.Code != http.StatusOK {
		return fmt.Errorf("image %s: %d %s", from, answer.Code, answer.Body)
	}
	return put(c.store, to, answer.Header().Get("Content-Type"), answer.Body.Bytes())
}
