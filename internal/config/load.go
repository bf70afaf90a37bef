package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"masjala/fhir"
)

// From says where settings are read from.
type From struct {
	Data  string              // data directory; empty: MASJALA_DATA, or the default
	Path  string              // settings file; empty: masjala.yaml in the data directory, if there is one
	Env   func(string) string // os.Getenv
	Flags map[string]string   // setting key → value given on the command line
}

// Load reads the settings: defaults, then the file, then the environment, then the flags.
// It fails with Invalid and names the file and line, the variable or the flag to blame.
func Load(from From) (*Config, error) {
	c := Default()
	switch {
	case from.Data != "":
		c.Data = from.Data
	case from.Env("MASJALA_DATA") != "":
		c.Data = from.Env("MASJALA_DATA")
	}
	if err := c.readFile(from.Path); err != nil {
		return nil, err
	}
	for _, s := range Settings(c) {
		if text := from.Env(s.Env()); text != "" {
			if err := s.Set(text); err != nil {
				return nil, fhir.Errorf(fhir.Invalid, "the environment variable %s is wrong: %v", s.Env(), err)
			}
			c.origins[s.Key] = "the environment"
		}
		if text, given := from.Flags[s.Key]; given {
			if err := s.Set(text); err != nil {
				return nil, fhir.Errorf(fhir.Invalid, "the flag --%s is wrong: %v", s.Flag(), err)
			}
			c.origins[s.Key] = "the command line"
		}
	}
	return c, c.Check()
}

// readFile reads the settings file. Only a file that was named must exist.
func (c *Config) readFile(path string) error {
	named := path != ""
	if !named {
		path = filepath.Join(c.Data, File)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "the settings file %s cannot be read: %v", path, err).Because(err)
	}
	return c.parse(filepath.Base(path), text)
}
