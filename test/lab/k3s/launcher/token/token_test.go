package token

import "testing"

func TestRoundTrip(t *testing.T) {
	ca := []byte("certificate")
	parsed, err := Parse(Format("server", "pass:word", ca), "node")
	if err != nil || parsed.User != "server" || parsed.Password != "pass:word" || parsed.CheckCA(ca) != nil {
		t.Fatal(parsed, err)
	}
	if parsed.CheckCA([]byte("another")) == nil {
		t.Error("a foreign CA was accepted")
	}
	short, err := Parse("word", "server")
	if err != nil || short.User != "server" || short.CheckCA([]byte("any")) != nil {
		t.Error(short, err)
	}
	for _, bad := range []string{"", "K10", "K10abc::server:x", "K10::server:x"} {
		if _, err := Parse(bad, "server"); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
