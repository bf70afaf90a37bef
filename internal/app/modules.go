package app

import (
	"slices"

	"masjala/facility"
	"masjala/internal/searchparam"
	"masjala/store"
	"masjala/workforce"
)

// served are the resource types of the modules that the settings name, and those that every
// server has. All are kept and written whatever is served.
func (a *App) served() []string {
	types := searchparam.NewRegistry().Types()
	for name, r := range map[string]store.Registry{"terminology": a.terminology, "facility": facility.NewRegistry(), "workforce": workforce.NewRegistry()} {
		if a.serves(name) {
			types = append(types, r.Types()...)
		}
	}
	return types
}

func (a *App) serves(module string) bool { return slices.Contains(a.Config.Modules, module) }
