package concept

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"masjala/fhir"
)

// idle is how long the vault stays open after its last use.
const idle = 3 * time.Second

// mostUnsynced is how many bytes of concepts are written, about, before they are made durable.
const mostUnsynced = 16 << 20

// leastGarbage is which part of a file of values is no longer wanted when it is written anew.
const leastGarbage = 0.5

// headKey is the place of a set's head, after its concepts.
const headKey = ^uint32(0)

// vault keeps the JSON of concepts in Badger. It is opened when used, and only if its
// files are, byte for byte, those that were there when it was last closed: Badger ends the
// program on some kinds of damage. Otherwise it is emptied, to be filled again from what
// is stored. A crash while it is open therefore also empties it.
type vault struct {
	dir  string
	log  *slog.Logger
	free func(dir string) (uint64, error) // bytes of the disk; tests make it small

	mu     sync.Mutex
	db     *badger.DB
	sums   map[string]sum // of the files, as they were when it was opened
	timer  *time.Timer
	closed bool
}

// with calls fn with the open database. Calls are served one after another.
func (v *vault) with(fn func(db *badger.DB) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return errors.New("the concept library is closed")
	}
	if v.db == nil {
		if err := v.open(); err != nil {
			return err
		}
	}
	defer v.timer.Reset(idle)
	return fn(v.db)
}

func (v *vault) sumsFile() string { return v.dir + ".sums" }

// spacious fails with Full when little of the disk is free. Badger writes through maps, and
// where the disk cannot hold what a map was given, the system ends the program: so it must
// not even be opened or closed then.
func (v *vault) spacious() error {
	have, err := v.free(filepath.Dir(v.dir))
	if err != nil {
		return fmt.Errorf("ask how much of the disk is free: %w", err)
	}
	if have < reserve {
		return fhir.Errorf(fhir.Full, "The disk has %d MB free; loading code systems needs at least %d MB.", have>>20, uint64(reserve)>>20)
	}
	return nil
}

func (v *vault) open() error {
	if err := v.spacious(); err != nil {
		return err
	}
	var err error
	if v.sums, err = checkSums(v.dir, v.sumsFile()); err != nil {
		v.log.Warn("concept vault is emptied, to be filled again from the store", "dir", v.dir, "err", err)
		if err := os.RemoveAll(v.dir); err != nil {
			return fmt.Errorf("empty the concept vault: %w", err)
		}
	}
	if err := os.MkdirAll(v.dir, 0o700); err != nil {
		return fmt.Errorf("make the concept vault: %w", err)
	}
	if err := os.Remove(v.sumsFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open the concept vault: %w", err)
	}
	if err := syncDir(filepath.Dir(v.dir)); err != nil {
		return fmt.Errorf("open the concept vault: %w", err)
	}
	db, err := badger.Open(vaultOptions(v.dir))
	if err != nil {
		return fmt.Errorf("open the concept vault: %w", err)
	}
	v.db = db
	if v.timer == nil {
		v.timer = time.AfterFunc(idle, v.rest)
	}
	return nil
}

// vaultOptions are small: the vault is read and written rarely.
func vaultOptions(dir string) badger.Options {
	return badger.DefaultOptions(dir).
		WithLogger(nil).
		WithMetricsEnabled(false).
		WithDetectConflicts(false).
		WithCompression(options.None).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(4).
		WithBaseTableSize(2 << 20).
		WithValueLogFileSize(64 << 20).
		WithBlockCacheSize(8 << 20).
		WithIndexCacheSize(16 << 20).
		WithValueThreshold(4096).
		WithNumCompactors(2)
}

// rest closes the database until the next use, or later if the disk is full.
func (v *vault) rest() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return
	}
	if v.spacious() != nil {
		v.timer.Reset(idle)
		return
	}
	if err := v.shut(); err != nil {
		v.log.Error("close the concept vault", "dir", v.dir, "err", err)
	}
}

// shut closes the database and notes what its files are.
func (v *vault) shut() error {
	if v.db == nil {
		return nil
	}
	db := v.db
	v.db = nil
	for db.RunValueLogGC(leastGarbage) == nil { // it fails where there is nothing to gain
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("close the concept vault: %w", err)
	}
	return writeSums(v.dir, v.sumsFile(), v.sums)
}

// close ends all use. On a full disk the database is left as it is, to be filled again at
// the next start.
func (v *vault) close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	if v.timer != nil {
		v.timer.Stop()
	}
	if err := v.spacious(); err != nil && v.db != nil {
		v.log.Warn("concept vault is not closed, it will be filled again at the next start", "err", err)
		return nil
	}
	return v.shut()
}

// head is kept after the concepts of a set, when all are there.
type head struct {
	Meta   Meta `json:"meta"`
	Count  int  `json:"count"`
	Blocks bool `json:"blocks,omitempty"` // concepts are kept in blocks, not each by itself
}

func key(h Hash, n uint32) []byte {
	return binary.BigEndian.AppendUint32(append(make([]byte, 0, len(h)+4), h[:]...), n)
}

// seal puts a checksum in front of a value.
func seal(value []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(value)), crc32.Checksum(value, castagnoli)), value...)
}

// unseal checks and returns what was sealed.
func unseal(b []byte) ([]byte, error) {
	if len(b) < 4 || binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) {
		return nil, errors.New("a concept in the vault is damaged")
	}
	return b[4:], nil
}

// put writes all concepts of a set, then its head, and makes both durable.
func (v *vault) put(ctx context.Context, h Hash, src *Source) error {
	return v.with(func(db *badger.DB) error {
		if err := erase(db, h); err != nil { // what a run that did not end left
			return fmt.Errorf("remove a part of a set: %w", err)
		}
		if err := putBlocks(ctx, db, h, src.records); err != nil {
			return err
		}
		value, err := json.Marshal(head{src.Meta, len(src.records), true})
		if err != nil {
			return err
		}
		if err := set(db, key(h, headKey), value); err != nil {
			return fmt.Errorf("keep the head of a concept set: %w", err)
		}
		return db.Sync()
	})
}

// putBlocks writes concepts in blocks, each under the place of its first. They are on the disk
// soon: many at once would hold up all who write.
func putBlocks(ctx context.Context, db *badger.DB, h Hash, list []record) error {
	value, first, unsynced := make([]byte, 0, block+block/4), 0, 0
	for i := range list {
		value = appendRecord(value, &list[i])
		if len(value) < block && i < len(list)-1 {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := set(db, key(h, uint32(first)), value); err != nil {
			return fmt.Errorf("keep concepts from %d: %w", first, err)
		}
		if unsynced += len(value); unsynced > mostUnsynced {
			if err := db.Sync(); err != nil {
				return fmt.Errorf("keep concepts from %d: %w", first, err)
			}
			unsynced = 0
		}
		value, first = value[:0], i+1
	}
	return nil
}

// set writes a value with its checksum.
func set(db *badger.DB, key, value []byte) error {
	return db.Update(func(tx *badger.Txn) error { return tx.Set(key, seal(value)) })
}

// get reads a set back. It fails unless all is there as it was put.
func (v *vault) get(h Hash) (*Source, error) {
	var src *Source
	err := v.with(func(db *badger.DB) error {
		return db.View(func(tx *badger.Txn) error {
			var err error
			src, err = read(tx, h)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if got := src.Hash(); got != h {
		return nil, fmt.Errorf("the vault holds set %s in the place of %s", got, h)
	}
	return src, nil
}

func read(tx *badger.Txn, h Hash) (*Source, error) {
	info, err := readHead(tx, h)
	if err != nil {
		return nil, err
	}
	src := &Source{Meta: info.Meta, records: make([]record, 0, info.Count)}
	it := tx.NewIterator(badger.IteratorOptions{PrefetchValues: !info.Blocks, PrefetchSize: 64, Prefix: h[:]})
	defer it.Close()
	for it.Rewind(); it.Valid() && len(src.records) < info.Count; it.Next() {
		value, err := it.Item().ValueCopy(nil)
		if err != nil {
			return nil, err
		}
		if value, err = unseal(value); err != nil {
			return nil, err
		}
		if !info.Blocks {
			src.records = readRecord(src.records, value)
			continue
		}
		if src.records, err = readRecords(src.records, value); err != nil {
			return nil, err
		}
	}
	return src, nil
}

func readHead(tx *badger.Txn, h Hash) (*head, error) {
	item, err := tx.Get(key(h, headKey))
	if err != nil {
		return nil, fmt.Errorf("look for set %s in the vault: %w", h, err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, err
	}
	if value, err = unseal(value); err != nil {
		return nil, err
	}
	var out head
	return &out, json.Unmarshal(value, &out)
}

// sets lists the sets that are wholly there and those of which only parts are.
func (v *vault) sets() (whole, partial []Hash, err error) {
	err = v.with(func(db *badger.DB) error {
		return db.View(func(tx *badger.Txn) error {
			it := tx.NewIterator(badger.IteratorOptions{})
			defer it.Close()
			for it.Rewind(); it.Valid(); {
				var h Hash
				copy(h[:], it.Item().Key())
				if _, err := readHead(tx, h); err == nil {
					whole = append(whole, h)
				} else {
					partial = append(partial, h)
				}
				it.Seek(append(key(h, headKey), 0))
			}
			return nil
		})
	})
	return whole, partial, err
}

// remove deletes all of a set.
func (v *vault) remove(h Hash) error {
	return v.with(func(db *badger.DB) error { return erase(db, h) })
}

// erase deletes all that is kept of a set.
func erase(db *badger.DB, h Hash) error {
	batch := db.NewWriteBatch()
	defer batch.Cancel()
	err := db.View(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: h[:]})
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			if err := batch.Delete(it.Item().KeyCopy(nil)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return batch.Flush()
}
