package settings

import (
	"sort"
	"strings"
)

// Arguments joins a component's defaults with the operator's `KEY=VALUE`s; a key that the operator gives replaces the
// default, and one that is given several times is passed several times.
func Arguments(defaults map[string]string, extra []string) []string {
	given := map[string]bool{}
	var tail []string
	for _, argument := range extra {
		argument = strings.TrimLeft(argument, "-")
		key, _, _ := strings.Cut(argument, "=")
		given[key] = true
		tail = append(tail, "--"+argument)
	}
	var result []string
	for key, value := range defaults {
		if !given[key] {
			result = append(result, "--"+key+"="+value)
		}
	}
	sort.Strings(result)
	return append(result, tail...)
}
