package grid

import (
	"io"

	"masjala/fhir"
)

// Guard is a reader that fails with TooLarge when more than Limit bytes are read between two
// calls of Reset: a parser above it then never gathers more than that.
type Guard struct {
	In    io.Reader
	Limit int64
	since int64
}

// Read implements io.Reader.
func (g *Guard) Read(p []byte) (int, error) {
	if g.since >= g.Limit {
		return 0, fhir.Errorf(fhir.TooLarge, "one of its parts is larger than the %d MB allowed", g.Limit>>20)
	}
	n, err := g.In.Read(p[:min(int64(len(p)), g.Limit-g.since)])
	g.since += int64(n)
	return n, err
}

// Reset begins a new part.
func (g *Guard) Reset() { g.since = 0 }
