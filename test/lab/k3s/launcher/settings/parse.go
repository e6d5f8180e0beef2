package settings

import (
	"fmt"
	"strings"
)

// Parse reads the configuration files and then the command line, which wins (lists are appended, as k3s does).
// An unknown key is an error; a genuine k3s only warns in the same words and goes on without it.
func Parse(args []string) (*Settings, error) {
	return parse(args, true)
}

// ParseShared is Parse for commands that read the server's files but know only some of its keys: no key is refused.
func ParseShared(args []string) (*Settings, error) {
	return parse(args, false)
}

func parse(args []string, strict bool) (*Settings, error) {
	s := &Settings{}
	flags := flagSet(s)
	file, required := configFile(args)
	values, err := readFiles(file, required)
	if err != nil {
		return nil, fmt.Errorf("failed to read configuration: %w", err)
	}
	fromFile, unknown := arguments(values, flags)
	if strict && len(unknown) > 0 {
		return nil, fmt.Errorf("Unknown flag --%s found in config.yaml: the lab refuses it (k3s would skip it)", strings.Join(unknown, ", --"))
	}
	if err := flags.Parse(append(fromFile, args...)); err != nil {
		return nil, err
	}
	if strict && flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for _, list := range []*[]string{&s.NodeIPs, &s.NodeExternalIPs, &s.TLSSAN, &s.Disable} {
		*list = splitCommas(*list)
	}
	return s, nil
}

func splitCommas(values []string) []string {
	var result []string
	for _, value := range values {
		for _, part := range strings.Split(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				result = append(result, part)
			}
		}
	}
	return result
}
