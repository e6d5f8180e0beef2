package addons

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"honeydue.lab/k3s/images"
	"honeydue.lab/k3s/settings"
)

// A formatter that does not know templates can turn `{{ .Name }}` into YAML maps.
func TestPackagedManifestsAreFilledIn(t *testing.T) {
	s := &settings.Settings{DataDir: "/data", ClusterDomain: "cluster.local", ClusterDNS: "10.43.0.10"}
	names, err := fs.ReadDir(packaged, "manifests")
	if err != nil {
		t.Fatal(err)
	}
	var everything strings.Builder
	for _, entry := range names {
		text, err := Render(s, entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, document := range bytes.Split(text, []byte("\n---\n")) {
			parsed := map[string]any{}
			if err := yaml.UnmarshalStrict(document, &parsed); err != nil || parsed["kind"] == nil {
				t.Errorf("%s: %v\n%s", entry.Name(), err, document)
			}
		}
		everything.Write(text)
	}
	for _, expected := range []string{`"` + images.CoreDNS + `"`, `"` + images.LocalPath + `"`, `"` + images.Volume + `"`,
		`clusterIP: "10.43.0.10"`, "kubernetes cluster.local ", `"/data/storage"`} {
		if !strings.Contains(everything.String(), expected) {
			t.Errorf("%s is not in the manifests", expected)
		}
	}
}
