package main

import (
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/farbench/farbench/agent/envfile"
)

// environmentFile answers flags from a settings file by the names of their
// variables. A variable that the process has wins over the file's; a name that
// is no flag's is passed over, since a service's file may hold others.
func environmentFile(r io.Reader) (kong.Resolver, error) {
	name := "settings"
	if file, ok := r.(*os.File); ok {
		name = file.Name()
	}
	values, err := envfile.Read(name, r, nil)
	if err != nil {
		return nil, err
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, key := range flag.Envs {
			_, set := os.LookupEnv(key)
			if value, ok := values[key]; ok && !set {
				return value, nil
			}
		}
		return nil, nil
	}), nil
}
