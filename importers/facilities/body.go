package facilities

import "masjala/fhir"

// body writes a JSON object in the compact form in which resources are stored. Members come
// in the order of FHIR's definition, by the caller's care.
type body struct {
	b []byte
}

func newBody() *body { return &body{b: append(make([]byte, 0, 768), '{')} }

// done ends the object.
func (o *body) done() []byte { return append(o.b, '}') }

func (o *body) key(name string) {
	if last := o.b[len(o.b)-1]; last != '{' && last != '[' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

// text adds a string member unless it is empty.
func (o *body) text(name, value string) {
	if value == "" {
		return
	}
	o.key(name)
	o.b = fhir.AppendString(o.b, value)
}

// raw adds a member whose value is JSON already.
func (o *body) raw(name, json string) {
	o.key(name)
	o.b = append(o.b, json...)
}

// object adds a member that fn fills.
func (o *body) object(name string, fn func()) {
	o.key(name)
	o.b = append(o.b, '{')
	fn()
	o.b = append(o.b, '}')
}

// list adds an array member that fn fills by item and value.
func (o *body) list(name string, fn func()) {
	o.key(name)
	o.b = append(o.b, '[')
	fn()
	o.b = append(o.b, ']')
}

// item adds an object to the list that is being filled.
func (o *body) item(fn func()) {
	o.comma()
	o.b = append(o.b, '{')
	fn()
	o.b = append(o.b, '}')
}

// value adds a string to the list that is being filled.
func (o *body) value(s string) {
	o.comma()
	o.b = fhir.AppendString(o.b, s)
}

func (o *body) comma() {
	if o.b[len(o.b)-1] != '[' {
		o.b = append(o.b, ',')
	}
}

// reference adds a reference member unless the id is empty.
func (o *body) reference(name, typ, id string) {
	if id != "" {
		o.object(name, func() { o.text("reference", typ+"/"+id) })
	}
}

// concept adds a CodeableConcept to the list that is being filled.
func (o *body) concept(system, code, display, text string) {
	o.item(func() { o.codeable(system, code, display, text) })
}

// codeable fills a CodeableConcept; text is left out where the display says it.
func (o *body) codeable(system, code, display, text string) {
	if code != "" {
		o.list("coding", func() {
			o.item(func() {
				o.text("system", system)
				o.text("code", code)
				o.text("display", display)
			})
		})
	}
	if text != display || code == "" {
		o.text("text", text)
	}
}
