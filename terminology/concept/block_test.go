package concept

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"encoding/binary"
	"encoding/json"

	"github.com/dgraph-io/badger/v4"
)

// shelf is a vault in a new folder.
func shelf(t *testing.T) *vault {
	t.Helper()
	l, err := Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &l.vault
}

// many is a source of concepts, each with a text of its own that no compression makes small.
func many(t *testing.T, n, text int) *Source {
	t.Helper()
	r := rand.New(rand.NewPCG(3, uint64(n)))
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"code":"c%d","display":"%x"}`, i, r.Perm(text))
	}
	src, err := Read([]byte(`{"concept":[` + b.String()[1:] + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// holds tells whether the vault gives a set back as it was put.
func holds(t *testing.T, v *vault, src *Source) {
	t.Helper()
	got, err := v.get(src.Hash())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.records) != len(src.records) {
		t.Fatalf("%d concepts, want %d", len(got.records), len(src.records))
	}
	for i := range src.records {
		if got.records[i] != src.records[i] {
			t.Fatalf("concept %d is %+v, want %+v", i, got.records[i], src.records[i])
		}
	}
}

// putEach keeps a set as earlier programs did: each concept by itself.
func putEach(t *testing.T, v *vault, src *Source, whole bool) {
	t.Helper()
	err := v.with(func(db *badger.DB) error {
		for i := range src.records {
			value := append(binary.AppendVarint(nil, int64(src.records[i].parent)), src.records[i].json...)
			if err := set(db, key(src.Hash(), uint32(i)), value); err != nil {
				return err
			}
		}
		if !whole {
			return nil
		}
		value, err := json.Marshal(map[string]any{"meta": src.Meta, "count": len(src.records)})
		if err != nil {
			return err
		}
		return set(db, key(src.Hash(), headKey), value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSetsAreKeptInBlocks puts sets of one and of several blocks beside each other.
func TestSetsAreKeptInBlocks(t *testing.T) {
	v := shelf(t)
	one, several := many(t, 3, 10), many(t, 3000, 200)
	for _, src := range []*Source{one, several} {
		if err := v.put(t.Context(), src.Hash(), src); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, v, one)
	holds(t, v, several)
	keys := 0
	err := v.with(func(db *badger.DB) error {
		return db.View(func(tx *badger.Txn) error {
			it := tx.NewIterator(badger.IteratorOptions{})
			defer it.Close()
			for it.Rewind(); it.Valid(); it.Next() {
				keys++
			}
			return nil
		})
	})
	if err != nil || keys < 6 || keys > 20 {
		t.Errorf("%d values, %v; want a head and a block, and a head and some blocks", keys, err)
	}
	if whole, partial, err := v.sets(); err != nil || len(whole) != 2 || len(partial) != 0 {
		t.Errorf("%d sets and parts of %d, %v", len(whole), len(partial), err)
	}
}

// TestSetsOfEarlierProgramsAreRead reads a set whose concepts are kept one by one, and removes it.
func TestSetsOfEarlierProgramsAreRead(t *testing.T) {
	v, src := shelf(t), many(t, 500, 5)
	putEach(t, v, src, true)
	holds(t, v, src)
	if err := v.remove(src.Hash()); err != nil {
		t.Fatal(err)
	}
	if whole, partial, err := v.sets(); err != nil || len(whole)+len(partial) != 0 {
		t.Errorf("%d sets and parts of %d are left, %v", len(whole), len(partial), err)
	}
}

// TestPartsDoNotGetIntoASet puts a set where a run that did not end left some of its concepts.
func TestPartsDoNotGetIntoASet(t *testing.T) {
	v, src := shelf(t), many(t, 500, 5)
	putEach(t, v, src, false)
	if _, err := v.get(src.Hash()); err == nil {
		t.Fatal("a part of a set is a set")
	}
	if err := v.put(t.Context(), src.Hash(), src); err != nil {
		t.Fatal(err)
	}
	holds(t, v, src)
}

// TestBlocksWithoutEndAreRefused reads blocks that say more than they hold.
func TestBlocksWithoutEndAreRefused(t *testing.T) {
	whole := appendRecord(nil, &record{json: strings.Repeat("x", 300), parent: 70_000})
	if got, err := readRecords(nil, whole); err != nil || len(got) != 1 || got[0].parent != 70_000 || len(got[0].json) != 300 {
		t.Fatalf("%v, %v", got, err)
	}
	for n := 1; n < len(whole); n++ {
		if got, err := readRecords(nil, whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are read as %v", n, len(whole), got)
		}
	}
}

// TestSpaceOfRemovedSetsIsGivenBack removes a set of several megabytes: some uses later the files
// are small.
func TestSpaceOfRemovedSetsIsGivenBack(t *testing.T) {
	v, src := shelf(t), many(t, 6000, 300)
	size := func() (sum int64) {
		names, err := filepath.Glob(filepath.Join(v.dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err == nil {
				sum += info.Size()
			}
		}
		return sum
	}
	if err := v.put(t.Context(), src.Hash(), src); err != nil {
		t.Fatal(err)
	}
	v.rest()
	full := size()
	if full < 4<<20 {
		t.Fatalf("the set takes %d bytes", full)
	}
	if err := v.remove(src.Hash()); err != nil {
		t.Fatal(err)
	}
	v.rest()
	for range 10 {
		if err := v.with(func(*badger.DB) error { time.Sleep(1200 * time.Millisecond); return nil }); err != nil { // Badger tidies up
			t.Fatal(err)
		}
		if v.rest(); size() < full/4 {
			return
		}
	}
	t.Errorf("%d of %d bytes are left", size(), full)
}
