package sqlite

import (
	"context"
	"sync"
)

// ranks tell how many versions of a type there were up to a sequence number, without
// counting them all: of each block of sequence numbers it keeps how many came before. What
// was counted stays true, because versions are never removed. It is safe for concurrent use.
type ranks struct {
	mu     sync.Mutex
	blocks int64             // how many were counted
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

// countVersions counts what is there, so that the first history need not.
func (s *Store) countVersions(ctx context.Context, c *conn) error {
	seq, n := s.seq.Load(), s.names.Load()
	for typ := range n.typeName {
		if _, err := s.ranks.rank(ctx, c, n, typ, seq); err != nil {
			return err
		}
	}
	return nil
}
