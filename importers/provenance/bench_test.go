package provenance_test

import (
	"fmt"
	"testing"

	"masjala/importers"
	"masjala/importers/provenance"
)

// BenchmarkOfAnImport asks where a facility of a list comes from that took many transactions.
func BenchmarkOfAnImport(b *testing.B) {
	env := newEnv(b)
	rows := make([]string, 20_000)
	for i := range rows {
		rows[i] = fmt.Sprintf("%d,Clinic %d,,District %d", 1000+i, i, i%50)
	}
	r := run(b, env, importers.Request{}, rows...)
	list, _, err := importers.Changes(b.Context(), env.Store, r, "", 100_000)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		typ, id := cut(list[i*7919%len(list)].Resource)
		page, err := reader(env).Search(b.Context(), &provenance.Query{Type: typ, Target: id, Count: 50})
		if err != nil || len(page.Resources) == 0 {
			b.Fatal(page, err)
		}
	}
}
