package command

import (
	"errors"
	"fmt"
	"io"
)

// files are the files that a command in a server makes, on their way to the caller.
type files struct {
	give func(name string) (io.WriteCloser, error) // nil: nobody wants them
	open map[string]io.WriteCloser
}

// take writes the next piece of a file.
func (f *files) take(p *Piece) error {
	if f.give == nil {
		return nil
	}
	w := f.open[p.Name]
	if w == nil {
		var err error
		if w, err = f.give(p.Name); err != nil {
			return err
		}
		f.open[p.Name] = w
	}
	if _, err := w.Write(p.Data); err != nil {
		return fmt.Errorf("write %s: %w", p.Name, err)
	}
	if !p.Last {
		return nil
	}
	delete(f.open, p.Name)
	return w.Close()
}

// close ends the files that the server did not complete.
func (f *files) close() error {
	var errs []error
	for _, w := range f.open {
		errs = append(errs, w.Close())
	}
	return errors.Join(errs...)
}

// pieceSize is how much of a file goes into one line.
const pieceSize = 192 << 10

// give is the Give of a call from afar: what is written becomes lines.
func (l *line) give(name string) (io.WriteCloser, error) { return &outgoing{line: l, name: name}, nil }

// outgoing is a file on its way to the client.
type outgoing struct {
	line *line
	name string
	buf  []byte
}

// Write implements io.Writer.
func (o *outgoing) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		room := min(len(p), pieceSize-len(o.buf))
		o.buf = append(o.buf, p[:room]...)
		if p = p[room:]; len(o.buf) == pieceSize {
			o.line.send(Event{File: &Piece{Name: o.name, Data: o.buf}})
			o.buf = o.buf[:0]
		}
	}
	return n, nil
}

// Close sends the rest.
func (o *outgoing) Close() error {
	o.line.send(Event{File: &Piece{Name: o.name, Data: o.buf, Last: true}})
	return nil
}
