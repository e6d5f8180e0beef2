package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"sigs.k8s.io/yaml"
)

const defaultFile = "/etc/rancher/k3s/config.yaml"

// configFile finds the configuration file: K3S_CONFIG_FILE, then --config, then the default; a default may be missing.
func configFile(args []string) (file string, required bool) {
	if file := os.Getenv("K3S_CONFIG_FILE"); file != "" {
		return file, true
	}
	for index, arg := range args {
		if (arg == "--config" || arg == "-c") && index+1 < len(args) {
			return args[index+1], true
		}
		for _, prefix := range []string{"--config=", "-c="} {
			if value, found := strings.CutPrefix(arg, prefix); found {
				return value, true
			}
		}
	}
	return defaultFile, false
}

// readFiles reads the file and, in alphabetical order, FILE.d/*.yaml; the last value of a key wins and `key+` appends.
func readFiles(file string, required bool) (map[string][]string, error) {
	values := map[string][]string{}
	entries, err := os.ReadDir(file + ".d")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files := []string{file}
	for _, entry := range entries {
		if extension := filepath.Ext(entry.Name()); !entry.IsDir() && (extension == ".yaml" || extension == ".yml") {
			files = append(files, filepath.Join(file+".d", entry.Name()))
		}
	}
	for index, name := range files {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) && index == 0 && (!required || len(files) > 1) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := merge(values, data); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return values, nil
}

func merge(values map[string][]string, data []byte) error {
	parsed := map[string]any{}
	if err := yaml.Unmarshal(data, &parsed); err != nil {
		return err
	}
	for name, value := range parsed {
		items, err := scalars(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		key, appends := strings.CutSuffix(name, "+")
		if appends {
			items = append(slices.Clone(values[key]), items...)
		}
		values[key] = items
	}
	return nil
}

func scalars(value any) ([]string, error) {
	switch typed := value.(type) {
	case []any:
		result := []string{}
		for _, item := range typed {
			if _, nested := item.([]any); nested {
				return nil, errors.New("a list inside a list")
			}
			one, err := scalars(item)
			if err != nil {
				return nil, err
			}
			result = append(result, one...)
		}
		return result, nil
	case map[string]any:
		return nil, errors.New("a map where a value or a list is expected")
	case float64:
		return []string{strconv.FormatFloat(typed, 'f', -1, 64)}, nil
	case nil:
		return []string{""}, nil
	default:
		return []string{fmt.Sprint(typed)}, nil
	}
}

// arguments turns file values into command-line arguments and lists the keys that no flag has.
func arguments(values map[string][]string, flags *pflag.FlagSet) (args, unknown []string) {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		flag := flags.Lookup(key)
		if len(key) == 1 {
			flag = flags.ShorthandLookup(key)
		}
		if flag == nil {
			unknown = append(unknown, key)
			continue
		}
		for _, value := range values[key] {
			args = append(args, "--"+flag.Name+"="+value)
		}
	}
	return args, unknown
}
