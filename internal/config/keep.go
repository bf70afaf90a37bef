package config

import (
	"slices"
	"strings"

	"masjala/fhir/search"
)

// everyType stands for all resource types in forbid_delete.
const everyType = "all"

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
