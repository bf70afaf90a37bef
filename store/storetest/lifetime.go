package storetest

import (
	"fmt"
	"testing"

	"masjala/store"
)

// lifetime checks that a transaction cannot be used after its function returned, and that
// it sees its own writes.
func lifetime(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	var kept store.Tx
	write(t, s, func(tx store.Tx) error {
		kept = tx
		for i := range 3 {
			if _, err := tx.Put(organization("a", fmt.Sprintf("name %d", i)), "PUT"); err != nil {
				return err
			}
			q := parse(t, "Organization", fmt.Sprintf("name=name %d", i))
			rs, err := tx.Find(q, 5)
			if err != nil || len(rs) != 1 || rs[0].Version != int64(i+1) {
				t.Errorf("find %d in the transaction: %+v, %v", i, rs, err)
			}
		}
		rs, err := tx.Find(parse(t, "Organization", "name=name 0"), 5)
		if len(rs) != 0 {
			t.Errorf("the old name finds %+v", rs)
		}
		return err
	})
	if _, err := kept.Read("Organization", "a"); err == nil {
		t.Error("a kept transaction can be read")
	}
	if _, err := kept.Put(organization("b", "x"), "PUT"); err == nil {
		t.Error("a kept transaction can be written")
	}
}
