package contract

import (
	"strings"
	"testing"
)

func complete() map[string]string {
	env := map[string]string{}
	for name := range names.Required {
		env[name] = "x"
	}
	for name, value := range map[string]string{
		"DB_PORT": "5432", "REDIS_PORT": "6379", "EMAIL_PORT": "587", "DEBUG": "false", "DB_SSLMODE": "require", "POSTGRES_DB": "honeyDue",
	} {
		env[name] = value
	}
	return env
}

func load(env map[string]string) (Env, error) {
	return Load(func(name string) string { return env[name] })
}

func TestEveryRequiredVariableIsNamedWhenMissing(t *testing.T) {
	for name := range names.Required {
		env := complete()
		env[name] = ""
		if _, err := load(env); err == nil || !strings.Contains(err.Error(), name+" is required") {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

func TestStartsWithoutOptionalVariables(t *testing.T) {
	if _, err := load(complete()); err != nil {
		t.Fatal(err)
	}
}

func TestStorageIsAllOrNone(t *testing.T) {
	env := complete()
	for i, name := range names.AllOrNone {
		env[name] = "x"
		_, err := load(env)
		if whole := i == len(names.AllOrNone)-1; whole != (err == nil) {
			t.Errorf("after setting %s: %v", name, err)
		}
	}
}

func TestMalformedValuesAreNamedAndNotShown(t *testing.T) {
	for name, value := range map[string]string{
		"DB_PORT": "s3cret", "DEBUG": "yes", "DB_SSLMODE": "disable", "POSTGRES_DB": "honeydue", "EMAIL_PORT": "0",
	} {
		env := complete()
		env[name] = value
		_, err := load(env)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
