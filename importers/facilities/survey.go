package facilities

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"masjala/facility/place"
	"masjala/importers"
)

// digest stands for an identity in the survey's tables.
type digest [12]byte

func digestOf(s string) digest {
	sum := sha256.Sum256([]byte(s))
	return digest(sum[:12])
}

// seen counts the rows of one identity.
type seen struct {
	rows  int32
	first int32 // number of the first row
}

// survey is what one walk over a list tells that no single row can.
type survey struct {
	bases  map[digest]seen // by Base: how many different things have it
	fulls  map[digest]seen // by Base and Full: exact repeats
	areas  *areaTree
	lists  map[string]*codeList // by target
	states states
	opened importers.DateVote
	extent extent
	caller importers.Caller
	keys   *keys
	now    time.Time
	src    *importers.Source
	rest   []int // positions of the columns that are not in a Base made from content
}

// lists are the targets whose values are codes.
var lists = []string{"type", "ownership", "status", "service"}

// settle settles code lists and areas, once all rows were taken. With propose, columns may be
// bound to value sets that are stored.
func (s *survey) settle(ctx context.Context, w *settling, propose bool) error {
	s.lists["ownership"].markTypes(s.lists["type"])
	for _, target := range lists {
		list := s.lists[target]
		if list == nil {
			continue
		}
		if err := list.settle(ctx, w, propose && target != "status"); err != nil {
			return err
		}
		s.src.Mapping.Bind(list.column)
		if target == "status" {
			s.states.settle(w, list)
		}
	}
	areas := &areaWriter{settling: w, resolver: place.NewResolver(w.env.Store), beside: map[*area]map[string][]neighbour{}}
	return areas.settle(ctx, s.areas)
}

// newSurvey prepares the tables for a source.
func newSurvey(src *importers.Source, now time.Time) *survey {
	s := &survey{bases: map[digest]seen{}, fulls: map[digest]seen{}, areas: newAreaTree(), lists: map[string]*codeList{}, states: states{}, src: src, now: now}
	for _, target := range lists {
		c := src.Column(target)
		if c == nil && target == "service" {
			c = src.Column("offers")
		}
		if c != nil {
			s.lists[target] = newCodeList(target, c)
		}
	}
	for i, c := range src.Columns {
		if !slices.Contains([]string{importers.KeyTarget, importers.VersionTarget, "name", "type", "area", "areaCode", "latitude", "longitude", "coordinates"}, c.Target) {
			s.rest = append(s.rest, i)
		}
	}
	return s
}

// take adds a row, unless it has no name and will not be imported.
func (s *survey) take(row *importers.Row) error {
	if nameOf(row).Text == "" {
		return nil
	}
	node := s.areas.add(row, s.src.Mapping.Under)
	s.opened.Add(row.Get("opened").Text)
	s.extent.add(readPosition(row))
	for target, list := range s.lists {
		if target != "service" {
			list.add(row.Get(target).Text, row.Number)
			continue
		}
		for _, name := range services(row) {
			list.add(name, row.Number)
		}
	}
	id := s.identify(row, node)
	full := digestOf(id.Base + "\x00" + id.content)
	if f, again := s.fulls[full]; again {
		f.rows++
		s.fulls[full] = f
		return nil
	}
	s.fulls[full] = seen{1, int32(row.Number)}
	b := s.bases[digestOf(id.Base)]
	if b.rows++; b.rows == 1 {
		b.first = int32(row.Number)
	}
	s.bases[digestOf(id.Base)] = b
	return nil
}

// identity is the identity of a row and how it stands among the others.
type identity struct {
	importers.Identity
	content string // all of the row's content, in a form that programs do not change by re-saving
	coded   bool   // it has an identifier
	alone   bool   // no other thing in the file has the Base
	shared  int    // another row with the same identifier but other content; 0 when there is none
	first   int    // the row that this one repeats; 0 when it is the first
	double  bool   // some other row repeats it, or it repeats one
}

// identify makes the identity of a row from the row alone.
func (s *survey) identify(row *importers.Row, node *area) identity {
	pos := readPosition(row)
	name, kind := nameOf(row).Text, row.Get("type").Text
	id := identity{}
	id.Base = "content|" + node.path + "|" + importers.Key(name) + "|" + importers.Key(kind)
	var b strings.Builder
	b.WriteString(node.path + "|" + name + "|" + kind + "|")
	if pos.ok {
		b.WriteString(pos.key())
	} else {
		b.WriteString(row.Get("latitude").Text + " " + row.Get("longitude").Text + " " + row.Get("coordinates").Text)
	}
	cells := row.Cells()
	for _, i := range s.rest {
		b.WriteByte('|')
		b.WriteString(cells[i].Text)
	}
	id.content = b.String()
	id.Full = id.content
	if c := row.Get("id"); c.Text != "" {
		id.Base, id.Full, id.coded = codedBase(c), "", true
	}
	return id
}

// codedBase is the Base of a facility with an identifier.
func codedBase(c importers.Cell) string { return "id|" + c.Column.System + "|" + c.Text }

// place compares an identity with the others of the file, once all were taken.
func (s *survey) place(row *importers.Row, id identity) identity {
	f := s.fulls[digestOf(id.Base+"\x00"+id.content)]
	b := s.bases[digestOf(id.Base)]
	id.double = f.rows > 1
	if int(f.first) != row.Number {
		id.first = int(f.first)
	}
	id.alone = b.rows == 1
	if id.coded && !id.alone {
		id.shared = int(b.first)
	}
	return id
}

// run walks over the source.
func (s *survey) run(ctx context.Context, progress func()) error {
	err := s.src.Each(ctx, func(row *importers.Row) error {
		progress()
		if row.Exported() {
			return s.takeNews(ctx, row)
		}
		return s.take(row)
	})
	s.extent.settle()
	return err
}
