package table

import (
	"bufio"
	"fmt"
	"io"

	"masjala/fhir"
)

// collection is a FeatureCollection (RFC 7946): each row a feature, its cells properties.
type collection struct {
	out  *bufio.Writer
	head Head
	keys []string // headings as JSON; "" for the coordinates
	buf  []byte
}

func newCollection(to io.Writer) *collection { return &collection{out: bufio.NewWriter(to)} }

func (c *collection) begin(h Head) error {
	c.head = h
	for i, name := range h.Names {
		key := ""
		if !c.coordinate(i) {
			key = string(fhir.AppendString(nil, clean(name)))
		}
		c.keys = append(c.keys, key)
	}
	return c.flush(`{"type":"FeatureCollection","features":[`)
}

// coordinate tells whether a column is part of the geometry.
func (c *collection) coordinate(i int) bool {
	return c.head.Latitude != c.head.Longitude && (i == c.head.Latitude || i == c.head.Longitude)
}

// write adds a feature, with all properties in the order of the columns.
func (c *collection) write(row int, cells []Cell) error {
	b := append(c.buf[:0], '\n')
	if row > 2 {
		b = append(c.buf[:0], ",\n"...)
	}
	b = append(b, `{"type":"Feature","geometry":`...)
	lat, lon := c.at(cells, c.head.Latitude), c.at(cells, c.head.Longitude)
	if lat == "" || lon == "" || c.head.Latitude == c.head.Longitude {
		b = append(b, "null"...)
	} else {
		b = append(b, `{"type":"Point","coordinates":[`+lon+","+lat+"]}"...)
	}
	b = append(b, `,"properties":{`...)
	comma := false
	for i, cell := range cells {
		if i >= len(c.keys) || c.keys[i] == "" {
			continue
		}
		if comma {
			b = append(b, ',')
		}
		comma = true
		b = append(append(b, c.keys[i]...), ':')
		switch {
		case cell.Text == "":
			b = append(b, "null"...)
		case cell.Number:
			b = append(b, cell.Text...)
		default:
			b = fhir.AppendString(b, clean(cell.Text))
		}
	}
	c.buf = append(b, "}}"...)
	return c.flush(string(c.buf))
}

func (c *collection) at(cells []Cell, i int) string {
	if i < len(cells) && cells[i].Number {
		return cells[i].Text
	}
	return ""
}

func (c *collection) flush(s string) error {
	if _, err := c.out.WriteString(s); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (c *collection) close() error {
	if err := c.flush("\n]}\n"); err != nil {
		return err
	}
	if err := c.out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (c *collection) drop() error { return nil }
