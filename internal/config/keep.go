package config

import (
	"slices"
	"strings"

	"masjala/fhir/search"
)

// everyType stands for all resource types in forbid_delete.
const everyType = "all"

// modules are the parts of the program that can be served.
var modules = []string{"terminology", "facility", "workforce"}

func (c *Config) checkModules() error {
	if len(c.Modules) == 0 {
		return c.wrong("modules", "modules names nothing to be served; it takes some of %s", strings.Join(modules, ", "))
	}
	for _, m := range c.Modules {
		if !slices.Contains(modules, m) {
			return c.wrong("modules", "modules names %q, which is none of %s", m, strings.Join(modules, ", "))
		}
	}
	return nil
}

// Kept returns the resource types that clients cannot delete.
func (c *Config) Kept() []string {
	if slices.Contains(c.Keep, everyType) {
		return search.Types()
	}
	return c.Keep
}

func (c *Config) checkKept() error {
	for _, t := range c.Keep {
		if t != everyType && !slices.Contains(search.Types(), t) {
			return c.wrong("forbid_delete", "forbid_delete names %q, which is none of %s, nor all", t, strings.Join(search.Types(), ", "))
		}
	}
	return nil
}
