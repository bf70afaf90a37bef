package export

import (
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// column is one column of a table: a title, and the path of its values in a resource.
type column struct {
	title string
	steps []step
}

// step goes to an element; where narrows a list to the items that have a value.
type step struct {
	element      string
	where, value string // "" for all
}

// readColumn reads "path" or "title=path". A path is elements with dots between them, each
// perhaps with [element=value]: identifier[system=urn:mfl].value. It fails with Invalid.
func readColumn(text string) (column, error) {
	title, path := "", strings.TrimSpace(text)
	if at := strings.IndexByte(path, '='); at >= 0 && !strings.Contains(path[:at], "[") {
		title, path = strings.TrimSpace(path[:at]), strings.TrimSpace(path[at+1:])
	}
	c := column{title: title}
	if title == "" {
		c.title = path
	}
	for path != "" {
		at := strings.IndexAny(path, ".[")
		if at < 0 {
			at = len(path)
		}
		s := step{element: path[:at]}
		path = path[at:]
		if strings.HasPrefix(path, "[") {
			test, rest, closed := strings.Cut(path[1:], "]")
			where, value, equals := strings.Cut(test, "=")
			if s.where, s.value, path = strings.TrimSpace(where), strings.TrimSpace(value), rest; !closed || !equals || s.where == "" {
				return c, wrongColumn(text)
			}
		}
		if !isName(s.element) || path == "." || path != "" && path[0] != '.' {
			return c, wrongColumn(text)
		}
		path = strings.TrimPrefix(path, ".")
		c.steps = append(c.steps, s)
	}
	if c.steps == nil {
		return c, wrongColumn(text)
	}
	return c, nil
}

func wrongColumn(text string) error {
	return fhir.Errorf(fhir.Invalid, "%q is no column; write a path such as name or identifier[system=urn:mfl].value, perhaps with a title before it: Code=identifier.value", text)
}

func isName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// of returns what a resource has in the column, several values with "; " between them.
func (c *column) of(r *fhir.Resource) string {
	if len(c.steps) == 1 && c.steps[0].element == "id" {
		return r.ID
	}
	if c.steps[0].element == "meta" {
		return strings.Join(values(gjson.ParseBytes(r.JSON()), c.steps), "; ")
	}
	return strings.Join(values(gjson.ParseBytes(r.Body), c.steps), "; ")
}

// values collects the simple values at a path.
func values(v gjson.Result, path []step) []string {
	if len(path) == 0 {
		if v.IsObject() || v.IsArray() || !v.Exists() {
			return nil
		}
		if v.Type == gjson.Number {
			return []string{v.Raw} // with all its digits
		}
		return []string{v.String()}
	}
	s := path[0]
	found := v.Get(s.element)
	if !found.IsArray() {
		if found.Exists() && s.keeps(found) {
			return values(found, path[1:])
		}
		return nil
	}
	var all []string
	found.ForEach(func(_, item gjson.Result) bool {
		if s.keeps(item) {
			all = append(all, values(item, path[1:])...)
		}
		return true
	})
	return all
}

// keeps tells whether an item has the value that the step wants.
func (s *step) keeps(item gjson.Result) bool {
	return s.where == "" || item.Get(s.where).String() == s.value
}
