package store

import "errors"

// ErrClosed is returned by every method of a store that was closed.
var ErrClosed = errors.New("the store is closed")
