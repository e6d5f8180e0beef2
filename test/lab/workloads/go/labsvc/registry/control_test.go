package registry

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
)

// A request without names used to panic, which the server hid by cutting the connection.
func TestTaggingAnswersWhateverItIsAsked(t *testing.T) {
	handler := withImage(t, "docker.io/library/redis:7.4.9-alpine")
	for _, test := range []struct {
		why, from, to string
		status        int
	}{
		{"a further name", "docker.io/library/redis:7.4.9-alpine", "docker.io/library/redis:other", http.StatusNoContent},
		{"no names", "", "", http.StatusBadRequest},
		{"no tag", "docker.io/library/redis", "docker.io/library/redis:other", http.StatusBadRequest},
		{"only a tag", ":7", "docker.io/library/redis:other", http.StatusBadRequest},
		{"an empty tag", "docker.io/library/redis:", "docker.io/library/redis:other", http.StatusBadRequest},
		{"a name with blanks", "docker.io/library/re dis:7", "docker.io/library/redis:other", http.StatusBadRequest},
		{"an image that is not there", "docker.io/library/redis:8", "docker.io/library/redis:other", http.StatusBadRequest},
		{"a target without a tag", "docker.io/library/redis:7.4.9-alpine", "docker.io/library/redis", http.StatusBadRequest},
	} {
		query := url.Values{"from": {test.from}, "to": {test.to}}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodPut, "/lab/tag?"+query.Encode(), nil))
		if answer.Code != test.status {
			t.Errorf("%s: %d %s, not %d", test.why, answer.Code, answer.Body, test.status)
		}
	}
}

// withImage is a registry with one image of no layers.
func withImage(t *testing.T, reference string) http.Handler {
	t.Helper()
	layout := t.TempDir()
	const digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" // of {}
	index, err := json.Marshal(map[string]any{"manifests": []any{map[string]any{
		"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + digest,
		"annotations": map[string]string{"org.opencontainers.image.ref.name": reference},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	blobs := filepath.Join(layout, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{filepath.Join(layout, "index.json"): index, filepath.Join(blobs, digest): []byte("{}")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	handler, err := New(Config{Layout: layout, Uploads: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}
