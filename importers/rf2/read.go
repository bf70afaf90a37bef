package rf2

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
)

// reader fills a release from files.
type reader struct {
	*release
	file  string
	lines *lines
	said  func(lines int) // told of progress
	idle  int             // lines that say that something is no more
}

// issue reports the line that was read last.
func (r *reader) issue(severity importers.Severity, rule, value, reason, fix string) {
	r.issues.Add(importers.Issue{Sheet: r.file, Row: r.lines.number, Value: value, Severity: severity, Rule: rule, Reason: reason, Fix: fix})
}

func (r *reader) damaged(value, reason string) {
	r.issue(importers.Error, "line-damaged", value, reason, "The line was left out; fetch the release again.")
}

// rows calls fn for the lines of a file after the first that say that something is active, or
// for all. What is damaged is reported.
func (r *reader) rows(ctx context.Context, all bool, fn func(f [][]byte)) error {
	columns, told := len(r.lines.fields), 0
	for {
		f, ok, err := r.lines.next()
		if done := r.lines.number - 1 - told; done >= 4096 || err != nil {
			told += done
			r.said(done)
			if stop := ctx.Err(); stop != nil {
				return stop
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fhir.Errorf(fhir.Invalid, "%s is damaged after line %d; fetch the release again", r.file, r.lines.number).Because(err)
		case !ok:
			r.damaged("", fmt.Sprintf("the line is no UTF-8, has control characters or is longer than %d bytes", maxLine))
			continue
		}
		switch {
		case len(f) != columns:
			r.damaged(string(f[0]), fmt.Sprintf("the line has %d columns, not %d as the first", len(f), columns))
		case len(f[2]) != 1 || f[2][0] != '0' && f[2][0] != '1':
			r.damaged(string(f[2]), "active is neither 0 nor 1")
		case f[2][0] == '0' && !all:
			r.idle++
		default:
			r.dated(f[1])
			fn(f)
		}
	}
}

// dated notes the newest date.
func (r *reader) dated(b []byte) uint32 {
	if len(b) != 8 {
		return 0
	}
	n, err := strconv.ParseUint(string(b), 10, 32)
	if err != nil {
		return 0
	}
	if uint32(n) > r.newest {
		if _, err := time.Parse("20060102", string(b)); err != nil {
			return 0 // no day of the calendar
		}
		r.newest = uint32(n)
	}
	return uint32(n)
}

// id reads an identifier in a column, or reports why not.
func (r *reader) id(b []byte) (uint64, bool) {
	id, ok := sctid(b)
	if !ok {
		r.damaged(string(b), "this is no identifier of SNOMED CT, which has up to 18 digits")
	}
	return id, ok
}

// number gives an identifier in a column its number, or reports why it has none.
func (r *reader) number(n *numbering, b []byte, what string) (uint16, bool) {
	id, ok := r.id(b)
	if !ok {
		return 0, false
	}
	number := n.of(id)
	if number > math.MaxUint16 {
		r.damaged(string(b), "the release has more than 65536 "+what)
	}
	return uint16(number), number <= math.MaxUint16
}

// known finds the concept that a column names, or reports that there is none.
func (r *reader) known(b []byte) (uint32, bool) {
	id, ok := r.id(b)
	if !ok {
		return 0, false
	}
	at, ok := r.place[id]
	if !ok {
		r.issue(importers.Warning, "concept-unknown", string(b), "the line is about a concept that the release does not have", "The line was left out. An extension must be imported together with what it extends.")
	}
	return at, ok
}

func (r *reader) concept(f [][]byte) {
	id, ok := r.id(f[0])
	if !ok {
		return
	}
	module, ok := r.number(&r.modules, f[3], "modules")
	if !ok {
		return
	}
	if !checks(id) {
		r.issue(importers.Warning, "check-digit", string(f[0]), "the last digit of the identifier is not its check digit", "The concept was imported; ask who made the release.")
	}
	row := conceptRow{id: id, effective: r.dated(f[1]), module: module, active: f[2][0] == '1',
		defined: string(f[4]) == strconv.Itoa(fullyDefined)}
	if at, again := r.place[id]; again {
		r.issue(importers.Warning, "concept-repeated", string(f[0]), "the concept is in the release twice", "The newer line counts. Is this a snapshot?")
		if r.concepts[at].effective < row.effective {
			r.concepts[at] = row
		}
		return
	}
	r.place[id] = uint32(len(r.concepts))
	r.concepts = append(r.concepts, row)
}

var spoken = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{2,8})?$`)

func (r *reader) description(f [][]byte) {
	id, ok := r.id(f[0])
	if !ok {
		return
	}
	at, ok := r.known(f[4])
	if !ok {
		return
	}
	use, ok := r.number(&r.uses, f[6], "types of descriptions")
	switch {
	case !ok:
	case len(bytes.TrimSpace(f[7])) == 0 || len(f[7]) > math.MaxUint16:
		r.damaged("", "the description has no term, or a very long one")
	case !spoken.Match(f[5]) || len(r.speech) > 200:
		r.damaged(string(f[5]), "the description has no language, or the release has more than 200")
	case r.room():
		r.terms = append(r.terms, term{id: id, concept: at, text: r.keep(f[7]), size: uint16(len(f[7])),
			language: uint8(r.speech.of(f[5])), use: use})
	}
}

// room tells whether there is room for one more text, or reports that there is none.
func (r *reader) room() bool {
	if r.full() {
		r.damaged("", "the release has more than 4 GB of texts")
	}
	return !r.full()
}

// sortTerms makes terms findable by their identifiers.
func (r *release) sortTerms() {
	byID := func(a, b term) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(r.terms, byID) {
		slices.SortStableFunc(r.terms, byID)
	}
	r.terms = slices.CompactFunc(r.terms, func(a, b term) bool { return a.id == b.id })
}

// accepted reads a line of a language reference set.
func (r *reader) accepted(f [][]byte) {
	refset, ok := r.id(f[4])
	id, okID := r.id(f[5])
	if !ok || !okID {
		return
	}
	mark := uint64(0)
	switch string(f[6]) {
	case strconv.Itoa(preferred):
		mark = markPreferred
	case strconv.Itoa(acceptable):
		mark = markAcceptable
	default:
		r.damaged(string(f[6]), "the acceptability is neither preferred nor acceptable")
		return
	}
	d := slices.IndexFunc(r.dialect, func(d dialect) bool { return d.refset == refset })
	if d < 0 {
		if d = len(r.dialect); d == maxDialects {
			r.issue(importers.Warning, "dialect-too-many", string(f[4]), fmt.Sprintf("the release has more than %d language reference sets", maxDialects), "The line was left out.")
			return
		}
		r.dialect = append(r.dialect, dialect{refset: refset})
	}
	at, ok := slices.BinarySearchFunc(r.terms, id, func(t term, id uint64) int { return cmp.Compare(t.id, id) })
	if !ok {
		r.idle++ // the description is not active, as is usual for some
		return
	}
	r.terms[at].marks = r.terms[at].marks&^(3<<(2*d)) | mark<<(2*d)
}

// elsewhere tells from the name of a file that it is no part of a snapshot: all versions ever,
// or the changes since the last release. Names are such as sct2_Concept_Full_INT_20260101.txt.
func elsewhere(name string) bool {
	for _, dir := range strings.Split(path.Dir(name), "/") {
		if dir == "Full" || dir == "Delta" {
			return true
		}
	}
	parts := strings.Split(path.Base(name), "_")
	if len(parts) < 3 {
		return false
	}
	kind, _, _ := strings.Cut(parts[2], "-")
	return strings.HasSuffix(kind, "Full") || strings.HasSuffix(kind, "Delta")
}
