package join

import (
	"strings"

	"masjala/internal/linkage"
)

// restore gives numbers of one list the zeros in front that they lost, where the other list has that number
// with its zeros, and neither the number without them nor another one that differs in zeros alone.
func restore[R any](ids func(*R) *[]linkage.Identifier, list, other []R) {
	full := map[string]string{} // by what is left without zeros; "" where nobody knows which
	for i := range other {
		for _, id := range *ids(&other[i]) {
			bare := strings.TrimLeft(id.Value, "0")
			if was, ok := full[bare]; ok && was != id.Value {
				full[bare] = ""
				continue
			}
			full[bare] = id.Value
		}
	}
	for i := range list {
		for j := range *ids(&list[i]) {
			id := &(*ids(&list[i]))[j]
			if with := full[id.Value]; with != "" && strings.Trim(id.Value, "0123456789") == "" {
				id.Value = with
			}
		}
	}
}
