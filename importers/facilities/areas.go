package facilities

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
)

// area is a jurisdiction that a list names.
type area struct {
	path      string // keys of the names from the top, "kenya/nakuru"; "" for the root
	level     int
	column    string
	row       int // a row that names it: the first
	code      importers.Coding
	spellings map[string]int
	below     map[string]*area
	up        *area

	location, organization string             // ids, once known
	ids                    []importers.Coding // of a stored one
	missing                bool               // named by a code alone that nothing has
	also                   []string           // spellings that were decided to mean it
	settling, settled      bool
}

// areaTree is the areas of a list, below a root that stands for everywhere.
type areaTree struct {
	root *area
}

func newAreaTree() *areaTree { return &areaTree{root: &area{below: map[string]*area{}}} }

// add returns the lowest area that a row names, which it adds with all above it.
func (t *areaTree) add(row *importers.Row, under []string) *area {
	at := t.root
	for _, name := range under {
		at = at.child(place.Core(name), name, importers.Coding{}, 0, "", row.Number)
	}
	names, codes := row.All("area"), row.All("areaCode")
	for _, c := range names {
		code := codeOfLevel(codes, c.Column.Level)
		if c.Text == "" && code.Code == "" {
			continue
		}
		at = at.child(areaKey(c.Text, code), c.Text, code, c.Column.Level, c.Column.Heading, row.Number)
	}
	for _, c := range codes {
		named := slices.ContainsFunc(names, func(n importers.Cell) bool { return n.Column.Level == c.Column.Level })
		if code := codeOfLevel(codes, c.Column.Level); !named && code.Code != "" {
			at = at.child(areaKey("", code), "", code, c.Column.Level, c.Column.Heading, row.Number)
		}
	}
	return at
}

// codeOfLevel returns the code a row gives for an area level.
func codeOfLevel(codes []importers.Cell, level int) importers.Coding {
	for _, c := range codes {
		if c.Column.Level == level && c.Text != "" {
			return importers.Coding{System: c.Column.System, Code: c.Text}
		}
	}
	return importers.Coding{}
}

// areaKey is what tells areas of one parent apart: the code if there is one.
func areaKey(name string, code importers.Coding) string {
	if code.Code != "" {
		return "=" + code.System + "|" + code.Code
	}
	return place.Core(name)
}

func (a *area) child(key, name string, code importers.Coding, level int, column string, row int) *area {
	c := a.below[key]
	if c == nil {
		c = &area{path: strings.TrimPrefix(a.path+"/"+key, "/"), level: level, column: column, row: row, code: code,
			spellings: map[string]int{}, below: map[string]*area{}, up: a}
		a.below[key] = c
	}
	if name != "" {
		c.spellings[name]++
	}
	return c
}

// name is the most frequent spelling, of equals the first in the alphabet.
func (a *area) name() string { return commonest(a.spellings) }

func commonest(spellings map[string]int) string {
	best, most := "", 0
	for s, n := range spellings {
		if n > most || (n == most && s < best) {
			best, most = s, n
		}
	}
	return best
}

// walk calls fn for every area below a, parents first, in the order of their keys.
func (a *area) walk(fn func(*area) error) error {
	for _, key := range slices.Sorted(maps.Keys(a.below)) {
		c := a.below[key]
		if err := fn(c); err != nil {
			return err
		}
		if err := c.walk(fn); err != nil {
			return err
		}
	}
	return nil
}

// areaWriter finds the areas of a list in the store and offers those that are not there.
type areaWriter struct {
	*settling
	resolver *place.Resolver
	beside   map[*area]map[string][]neighbour // see besides
	coming   map[string]*area                 // areas of the list, by the id that they get when they are new
	made     map[string]*area                 // new ones, by the id of what they lie in and their key
}

// settle gives every area its ids.
func (w *areaWriter) settle(ctx context.Context, t *areaTree) error {
	if err := w.learn(t); err != nil {
		return err
	}
	return t.root.walk(func(a *area) error { return w.settleOne(ctx, a) })
}

// settleOne gives an area its ids, after those above it. One that is being settled stays without.
func (w *areaWriter) settleOne(ctx context.Context, a *area) error {
	if a.settled || a.settling || a.up == nil {
		return nil
	}
	a.settling = true
	defer func() { a.settled, a.settling = true, false }()
	if err := w.settleOne(ctx, a.up); err != nil {
		return err
	}
	w.reportSpellings(a)
	if decided, err := w.decided(ctx, a); err != nil || decided {
		return err
	}
	mine, err := w.Stored(ctx, a.identity())
	if err != nil {
		return err
	}
	if !mine {
		if err := w.find(ctx, a); err != nil || a.location != "" {
			return err
		}
	}
	if a.name() == "" {
		w.unknownCode(a)
		return nil
	}
	if err := w.reportNear(ctx, a); err != nil {
		return err
	}
	return w.create(ctx, a)
}

// identity is what an area is known by that an import made.
func (a *area) identity() importers.Identity { return importers.Identity{Base: "area|" + a.path} }

// key is what tells the area apart from others in the same.
func (a *area) key() string { return a.path[strings.LastIndexByte(a.path, '/')+1:] }

// find looks for an area that is stored: by code, then by name below its parent.
func (w *areaWriter) find(ctx context.Context, a *area) error {
	have, err := w.byCode(ctx, a)
	if err != nil {
		return err
	}
	if have == nil && a.name() != "" && !a.up.missing {
		have, err = w.resolver.Find(ctx, a.up.location, a.name())
		if err != nil {
			return err
		}
		if have != nil && otherCode(have, a.code) {
			have = nil
		}
	}
	if have != nil {
		w.stored(a, have)
	}
	return nil
}

// stored takes an area for one that is stored.
func (w *areaWriter) stored(a *area, have *fhir.Resource) {
	a.location = have.ID
	a.organization = strings.TrimPrefix(have.Field("managingOrganization.reference").Str, "Organization/")
	w.Count("areas", func(c *importers.Counts) { c.Unchanged++ })
}

func (w *areaWriter) byCode(ctx context.Context, a *area) (*fhir.Resource, error) {
	if a.code.Code == "" {
		return nil, nil
	}
	have, err := byIdentifier(ctx, w.env.Store, a.code.System, a.code.Code)
	if fhir.KindOf(err) == fhir.Conflict {
		w.Issues.Add(importers.Issue{Row: a.row, Column: a.column, Value: a.code.Code, Severity: importers.Warning, Rule: "area-ambiguous",
			Reason: err.Error(), Fix: "The area was looked for by its name; take the code from one of them."})
		return nil, nil
	}
	return have, err
}

// otherCode tells whether a stored area has another code of the same system.
func otherCode(r *fhir.Resource, code importers.Coding) bool {
	for _, i := range r.Field("identifier").Array() {
		if code.Code != "" && i.Get("system").Str == code.System && i.Get("value").Str != code.Code {
			return true
		}
	}
	return false
}

// create offers the pair of a new area.
func (w *areaWriter) create(ctx context.Context, a *area) error {
	place := a.up.location + "\x00" + a.key()
	if twin := w.made[place]; twin != nil { // below another spelling of what it lies in
		a.location, a.organization = twin.location, twin.organization
		return nil
	}
	identity := a.identity()
	id := identity.ID("areas")
	known, err := w.Find(ctx, identity, true)
	if err != nil {
		return err
	}
	if was := known.ID("Location"); was != "" {
		id = was
	}
	a.location, a.organization = id, id
	w.made[place] = a
	w.NewArea(importers.NewArea{Code: id, Display: a.name(), Within: a.up.names()})
	return w.Offer(ctx, &importers.Thing{What: "areas", Row: a.row, Name: a.name(), Identity: identity, Known: known,
		Resources: areaPair(a)})
}

func (w *areaWriter) unknownCode(a *area) {
	a.location, a.organization, a.missing = a.up.location, a.up.organization, true
	w.Issues.Add(importers.Issue{Row: a.row, Column: a.column, Value: a.code.Code, Severity: importers.Error, Rule: "area-unknown",
		Reason: "no area has this code and the list does not name it", Fix: "Facilities were put into the area above; import the areas first or add a column with their names."})
}

// weight is how many rows name the area.
func (a *area) weight() int {
	n := 0
	for _, rows := range a.spellings {
		n += rows
	}
	return n
}

// reportSpellings tells which spellings were taken for one area.
func (w *areaWriter) reportSpellings(a *area) {
	if len(a.spellings) < 2 {
		return
	}
	all := slices.SortedFunc(maps.Keys(a.spellings), func(x, y string) int {
		return cmp.Or(cmp.Compare(a.spellings[y], a.spellings[x]), cmp.Compare(x, y))
	})
	w.Issues.Add(importers.Issue{Row: a.row, Column: a.column, Value: strings.Join(all[1:], "; "), Severity: importers.Info, Rule: "area-spellings",
		Reason: "taken for the same area as \"" + all[0] + "\"", Fix: "Spell it one way in the list, or give the areas codes if they differ."})
}
