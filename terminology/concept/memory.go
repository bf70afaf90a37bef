package concept

// Build makes a set of src that is kept in memory only, for what a request brings along. It
// fails with Unprocessable if the concepts contradict each other.
func Build(src *Source) (*Set, error) {
	b, err := newBuilder(src)
	if err != nil {
		return nil, err
	}
	var m memory
	if err := b.writeTo(&m); err != nil {
		return nil, err
	}
	return newSet(src.Hash(), m.data)
}

// memory is a flat file that is nowhere else.
type memory struct{ data []byte }

func (m *memory) Write(b []byte) (int, error) {
	m.data = append(m.data, b...)
	return len(b), nil
}

// WriteAt replaces bytes that were written before.
func (m *memory) WriteAt(b []byte, off int64) (int, error) { return copy(m.data[off:], b), nil }

// Sync has nothing to do.
func (m *memory) Sync() error { return nil }
