package sqlite

import (
	"context"
	"encoding/binary"
	"maps"
	"slices"
	"sync"

	"masjala/store"
)

// ranks tell how many versions of a type there were up to a sequence number, without
// counting them all: of each block of sequence numbers it keeps how many came before. What
// was counted stays true, because versions are never removed. It is safe for concurrent use.
type ranks struct {
	mu     sync.Mutex
	blocks int64             // how many were counted
	saved  int64             // how many of them the file keeps
	before map[int64][]int64 // by type: versions before each block, and before the one after the last
}

// rankBlock is how many sequence numbers a block has.
const rankBlock = 1024

const countBlocks = "select seq / ?, count(*) from version where type = ? and seq >= ? and seq < ? group by 1"

// rank counts the versions of a type up to a sequence number that the connection sees.
func (k *ranks) rank(ctx context.Context, c *conn, n *names, typ, seq int64) (int64, error) {
	if seq <= 0 || typ == 0 {
		return 0, nil
	}
	block := (seq + 1) / rankBlock // the one that seq+1 is in: those before it are complete
	before, err := k.count(ctx, c, n, typ, block)
	if err != nil {
		return 0, err
	}
	rest, err := c.number(ctx, "select count(*) from version where type = ? and seq >= ? and seq <= ?", typ, block*rankBlock, seq)
	return before + rest, err
}

// count returns how many versions of a type came before a block, whose predecessors are complete.
func (k *ranks) count(ctx context.Context, c *conn, n *names, typ, block int64) (int64, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if block > k.blocks {
		if err := k.extend(ctx, c, n, block); err != nil {
			return 0, err
		}
	}
	if list := k.before[typ]; block < int64(len(list)) {
		return list[block], nil
	}
	return 0, nil // a type that came later
}

// extend counts all blocks before one.
func (k *ranks) extend(ctx context.Context, c *conn, n *names, block int64) error {
	more := map[int64][]int64{}
	for typ := range n.typeName {
		counts := make([]int64, block-k.blocks)
		err := c.each(ctx, func(r *rows) error {
			counts[r.int(0)-k.blocks] = r.int(1)
			return nil
		}, countBlocks, int64(rankBlock), typ, k.blocks*rankBlock, block*rankBlock)
		if err != nil {
			return err
		}
		more[typ] = counts
	}
	if k.before == nil {
		k.before = map[int64][]int64{}
	}
	for typ, counts := range more {
		list := k.before[typ]
		if list == nil {
			list = make([]int64, k.blocks+1) // it had none before
		}
		for _, n := range counts {
			list = append(list, list[len(list)-1]+n)
		}
		k.before[typ] = list
	}
	k.blocks = block
	return nil
}

// ranksKey is where the file keeps, beside the name of the base, what was counted.
const ranksKey = "ranks"

// savedPart is which part more must have been counted before the file is told again.
const savedPart = 16

// countVersions counts what is there, so that the first history need not, and keeps it for
// the next start.
func (s *Store) countVersions(ctx context.Context, c *conn) error {
	seq, n := s.seq.Load(), s.names.Load()
	for typ := range n.typeName {
		if _, err := s.ranks.rank(ctx, c, n, typ, seq); err != nil {
			return err
		}
	}
	b := s.ranks.unsaved()
	if b == nil {
		return nil
	}
	return s.write(ctx, store.Cause{}, func(t *tx) error { return t.w.c.exec(writeValue, baseSpace, ranksKey, b) })
}

// loadRanks takes what the file keeps.
func (s *Store) loadRanks(ctx context.Context, c *conn) error {
	b, err := value(ctx, c, baseSpace, ranksKey)
	if err == nil {
		s.ranks.load(b, s.seq.Load())
	}
	return err
}

// unsaved returns what was counted, when it is much more than the file keeps; else nil.
func (k *ranks) unsaved() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.blocks <= k.saved+k.saved/savedPart {
		return nil
	}
	k.saved = k.blocks
	b := binary.AppendUvarint(nil, uint64(k.blocks))
	for _, typ := range slices.Sorted(maps.Keys(k.before)) {
		b = binary.AppendUvarint(b, uint64(typ))
		for i, n := range k.before[typ][1:] {
			b = binary.AppendUvarint(b, uint64(n-k.before[typ][i]))
		}
	}
	return b
}

// load takes what unsaved gave, in a store of so many versions. What cannot be is passed
// over and counted again: no sequence number is left out, so the types of a block add up to its size.
func (k *ranks) load(b []byte, seq int64) {
	u := unpacker{p: string(b)}
	blocks := int64(u.uvarint())
	if blocks <= 0 || blocks > (seq+1)/rankBlock {
		return
	}
	before, all := map[int64][]int64{}, make([]int64, blocks)
	for u.p != "" && !u.bad {
		typ, list := int64(u.uvarint()), make([]int64, 1, blocks+1)
		for i := range blocks {
			n := int64(u.uvarint())
			u.bad = u.bad || n < 0 || n > rankBlock
			all[i] += n
			list = append(list, list[i]+n)
		}
		before[typ] = list
	}
	all[0]++ // the numbers begin with 1
	if u.bad || slices.ContainsFunc(all, func(n int64) bool { return n != rankBlock }) {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.blocks, k.saved, k.before = blocks, blocks, before
}
