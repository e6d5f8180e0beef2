package bootstrap

import "testing"

func TestSealedWithTheToken(t *testing.T) {
	sealed, err := Encrypt("right", Data{"tls/service.key": []byte("key")})
	if err != nil {
		t.Fatal(err)
	}
	if opened, err := Decrypt("right", sealed); err != nil || string(opened["tls/service.key"]) != "key" {
		t.Error(opened, err)
	}
	if _, err := Decrypt("wrong", sealed); err == nil {
		t.Error("a wrong token opened the data")
	}
	if Key("right") == Key("wrong") {
		t.Error("two tokens share a key")
	}
	if (Data{"../../etc/passwd": nil}).Write(t.TempDir()) == nil {
		t.Error("a foreign file name was accepted")
	}
}
