package store

import "context"

// EachValue calls fn for each value of a space whose key starts with prefix, in key order, until fn
// fails. It reads page values at a time: fewer where they may be long. fn may write.
func EachValue(ctx context.Context, s Store, space, prefix string, page int, fn func(Value) error) error {
	return EachPage(ctx, s, space, prefix, page, func(some []Value) error {
		for _, v := range some {
			if err := fn(v); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachPage is EachValue for who works on page values at a time; the last page may have fewer.
func EachPage(ctx context.Context, s Store, space, prefix string, page int, fn func([]Value) error) error {
	for after := ""; ; {
		some, err := s.Values(ctx, space, prefix, after, page)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := fn(some); err != nil || len(some) < page {
			return err
		}
		after = some[len(some)-1].Key
	}
}
