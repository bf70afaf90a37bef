package app

import (
	"fmt"

	"masjala/internal/config"
	"masjala/store"
)

// policies reads what the settings say of resources that break their profiles.
func policies(p config.Profiles) (map[string]store.Policy, error) {
	all := map[string]store.Policy{}
	for typ, text := range p.All() {
		policy, err := store.ParsePolicy(text)
		if err != nil {
			return nil, fmt.Errorf("read the setting profiles.%s: %w", typ, err)
		}
		all[typ] = policy
	}
	return all, nil
}
