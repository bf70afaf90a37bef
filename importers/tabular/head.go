package tabular

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
	"masjala/importers/definition"
)

// Kind says how tables speak of one type of resource.
type Kind struct {
	Type     string              // "ValueSet"
	Word     string              // what the headings call one: "Value set"
	Synonyms map[string][]string // further headings of the targets of a head: "url", "title", …
	Urn      string              // begins the URL of one that is known by its title alone: "urn:masjala:valuesets:"
	Content  string              // the member that the rows are: "compose"
	Needed   []string            // headings without which a table cannot be imported
}

// member is an element of the head that has a column of its own.
type member struct{ target, element, heading, title string }

var members = []member{
	{"url", "url", "URL", "its canonical URL"},
	{"version", "version", "version", "its version"},
	{"name", "name", "name", "its name for programs"},
	{"title", "title", "title", "its title for people; it tells several in one file apart when they have no URL"},
	{"publication", "status", "status", "its own status: draft, active, retired or unknown"},
	{"publisher", "publisher", "publisher", "who publishes it"},
	{"description", "description", "description", "what it is for"},
}

// The headings of columns of JSON.
const (
	moreHeading  = "More (JSON)"
	aboutHeading = "About (JSON)"
)

// Targets are what columns may say of the resource as a whole, and the columns of JSON.
func (k *Kind) Targets() []importers.Target {
	var out []importers.Target
	for _, m := range members {
		out = append(out, importers.Target{Name: m.target, Literal: true, Title: "of the " + strings.ToLower(k.Word) + " as a whole: " + m.title,
			Synonyms: append([]string{importers.HeadKey(k.Word + " " + m.heading)}, k.Synonyms[m.target]...)})
	}
	exactly := func(heading string) func(string) bool { return func(s string) bool { return s == heading } }
	return append(out,
		importers.Target{Name: "more", Title: "what no other column of the row says, as JSON; written by exports", Many: true, Literal: true, Sure: exactly(moreHeading)},
		importers.Target{Name: "about", Title: "what no other column says of the whole, as JSON; written by exports", Many: true, Literal: true, Sure: exactly(aboutHeading)})
}

// Keyed writes the synonyms of targets as [importers.HeadKey] makes them, so that they can be
// given as people write them.
func Keyed(targets []importers.Target) []importers.Target {
	for i := range targets {
		keys := make([]string, len(targets[i].Synonyms))
		for k, s := range targets[i].Synonyms {
			keys[k] = importers.HeadKey(s)
		}
		targets[i].Synonyms = keys
	}
	return targets
}

// Head is what the rows of one resource say of it as a whole.
type Head struct {
	URL, Version string
	Title        string // for people; never empty

	kind  *Kind
	said  Object
	about *Object
}

// Complete tells whether the table says all of the resource, as exported ones do.
func (h *Head) Complete() bool { return h.about != nil }

// About returns a member that the table gives of the whole, nil when it gives none; null says
// that there is to be none.
func (h *Head) About(name string) []byte {
	if h.about == nil {
		return nil
	}
	return h.about.Get(name)
}

// Heads are the resources that the rows of a table speak of.
type Heads struct {
	List []*Head

	kind   *Kind
	issues *importers.Issues
	byKey  map[string]*Head
}

// ReadHeads walks over a table and finds the resources that it speaks of; url is the canonical
// of one that no row names, made of the name of the file when it is empty.
func (k *Kind) ReadHeads(ctx context.Context, src *importers.Source, issues *importers.Issues, url string) (*Heads, error) {
	hs := &Heads{kind: k, issues: issues, byKey: map[string]*Head{}}
	err := src.Each(ctx, func(r *importers.Row) error {
		hs.take(r)
		return nil
	})
	if nameless := hs.byKey[""]; nameless != nil && len(hs.List) > 1 {
		hs.fold(nameless)
	}
	base := stem(src.Book.Name)
	for _, h := range hs.List {
		h.Title = cmp.Or(fhir.Unquote(h.said.Get("title")), fhir.Unquote(h.said.Get("name")))
		if h.URL == "" && h.Title == "" {
			h.URL, h.Title = cmp.Or(url, k.Urn+importers.Slug(base)), titled(base)
		}
		h.URL, h.Title = cmp.Or(h.URL, k.Urn+importers.Slug(h.Title)), cmp.Or(h.Title, titled(lastPart(h.URL)))
		h.said.Text("url", h.URL)
	}
	return hs, err
}

// fold joins what rows without a name say with the only other resource, if there is just one.
func (hs *Heads) fold(nameless *Head) {
	if len(hs.List) > 2 {
		delete(hs.byKey, "")
	} else {
		other := hs.List[0]
		if other == nameless {
			other = hs.List[1]
		}
		for i, name := range nameless.said.names {
			if !other.said.Has(name) {
				other.said.Set(name, nameless.said.values[i])
			}
		}
		other.about = cmp.Or(other.about, nameless.about)
		other.Version = cmp.Or(other.Version, nameless.Version)
		hs.byKey[""] = other
	}
	for i, h := range hs.List {
		if h == nameless {
			hs.List = append(hs.List[:i], hs.List[i+1:]...)
			return
		}
	}
}

// keyOf is what tells the resources of a table apart.
func keyOf(r *importers.Row) string {
	if url := r.Get("url").Text; url != "" {
		return url + "|" + r.Get("version").Text
	}
	return importers.Key(r.Get("title").Text)
}

// Of returns the resource that a row speaks of. It returns nil and reports the row when it
// names none of several.
func (hs *Heads) Of(r *importers.Row) *Head {
	h := hs.byKey[keyOf(r)]
	if h == nil {
		hs.issues.Add(importers.Issue{Row: r.Number, Severity: importers.Error, Rule: "resource-missing",
			Reason: fmt.Sprintf("the row does not say which %s it belongs to, and the table has several", strings.ToLower(hs.kind.Word)),
			Fix:    "Write its URL or title into the row; the row was left out."})
	}
	return h
}

// take notes what a row says of its resource.
func (hs *Heads) take(r *importers.Row) {
	key := keyOf(r)
	h := hs.byKey[key]
	if h == nil {
		h = &Head{kind: hs.kind, URL: r.Get("url").Text, Version: r.Get("version").Text}
		hs.byKey[key], hs.List = h, append(hs.List, h)
	}
	for _, m := range members {
		c := r.Get(m.target)
		if c.Text == "" {
			continue
		}
		had := fhir.Unquote(h.said.Get(m.element))
		if had == "" {
			h.said.Text(m.element, c.Text)
		} else if had != c.Text {
			Report(hs.issues, r, c, importers.Issue{Severity: importers.Warning, Rule: "head-differs",
				Reason: fmt.Sprintf("an earlier row says %q here, which is true of the whole %s", had, strings.ToLower(hs.kind.Word)), Fix: "What the earlier row says was taken."})
		}
	}
	cells := r.All("about")
	about, err := readObject(cells)
	if err != nil {
		Report(hs.issues, r, cells[0], importers.Issue{Severity: importers.Error, Rule: "json-damaged", Reason: "this column cannot be read: " + importers.ReasonOf(err),
			Fix: "Take the cell from a new export."})
	} else if about != nil && h.about == nil {
		h.about = about
	}
}

// headOnly tells whether a row speaks of its resource and of nothing in it.
func headOnly(r *importers.Row) bool {
	head := false
	for _, c := range r.Cells() {
		switch {
		case c.Text == "":
		case c.Column.Target == "about" || isMember(c.Column.Target):
			head = true
		default:
			return false
		}
	}
	return head
}

func isMember(target string) bool {
	for _, m := range members {
		if m.target == target {
			return true
		}
	}
	return false
}

// More reads what the columns of JSON say of a row; an empty Object when they say nothing. What
// is damaged is reported.
func More(r *importers.Row, issues *importers.Issues) *Object {
	cells := r.All("more")
	o, err := readObject(cells)
	if err != nil {
		Report(issues, r, cells[0], importers.Issue{Severity: importers.Error, Rule: "json-damaged", Reason: "this column cannot be read: " + importers.ReasonOf(err),
			Fix: "Take the cell from a new export; the row was imported without it."})
	}
	if o == nil {
		o = &Object{}
	}
	return o
}

// Report adds an issue about a cell of a row.
func Report(issues *importers.Issues, r *importers.Row, c importers.Cell, i importers.Issue) {
	i.Row, i.Value = r.Number, c.Shown
	if c.Column != nil {
		i.Column = c.Column.Heading
	}
	issues.Add(i)
}

// Body begins the body of the resource: what the table says of the whole, else what is stored,
// else what propose puts in for a new one. The content is to be set.
func (h *Head) Body(stored *fhir.Resource, propose func(o *Object)) *Object {
	o := &Object{}
	for i, name := range h.said.names {
		o.Set(name, h.said.values[i])
	}
	switch {
	case h.about != nil:
		for i, name := range h.about.names {
			if !o.Has(name) && string(h.about.values[i]) != "null" {
				o.Set(name, h.about.values[i])
			}
		}
	case stored != nil:
		o.Adopt(stored.Body)
		o.Delete(h.kind.Content)
	default:
		o.Text("version", definition.FirstVersion)
		o.Text("title", h.Title)
		o.Text("status", "active")
		o.Text("publisher", definition.Publisher)
		for i, name := range h.said.names { // what is said goes before what is proposed
			o.Set(name, h.said.values[i])
		}
		if !o.Has("name") {
			o.Text("name", definition.Name(h.Title))
		}
		o.Bool("experimental", false)
		propose(o)
	}
	return o
}

// Resource completes a resource. Members that say what is stored are taken as they are stored.
// It fails with Invalid when R4 does not allow what the table says.
func (h *Head) Resource(o *Object, id string, stored *fhir.Resource) (*fhir.Resource, error) {
	if stored != nil {
		o.align(stored.Body)
	}
	r := &fhir.Resource{Type: h.kind.Type, ID: id, Meta: []byte("{}"), Body: o.Append(nil, structure.Resource(h.kind.Type))}
	return fhir.Parse(r.JSON())
}

// stem is the name of a file without its endings.
func stem(file string) string {
	base := filepath.Base(file)
	for ext := filepath.Ext(base); ext != "" && len(ext) <= 5; ext = filepath.Ext(base) {
		base = strings.TrimSuffix(base, ext)
	}
	return base
}

func lastPart(url string) string { return url[strings.LastIndexAny(url, "/:")+1:] }

// titled turns the name of a file into a title.
func titled(name string) string {
	words := strings.Fields(strings.NewReplacer("-", " ", "_", " ").Replace(name))
	if len(words) == 0 {
		return "List"
	}
	first := []rune(words[0])
	words[0] = strings.ToUpper(string(first[:1])) + string(first[1:])
	return strings.Join(words, " ")
}
