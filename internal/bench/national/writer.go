package national

import (
	"strconv"

	"masjala/fhir"
)

// writer appends resources as JSON. Its methods return it, so that calls read like what
// they write.
type writer struct {
	out []byte
}

func (w *writer) raw(s string) *writer {
	w.out = append(w.out, s...)
	return w
}

// begin begins the nth resource of a kind.
func (w *writer) begin(c *Country, k Kind, n int) {
	w.raw(`{"resourceType":"`).raw(typeOf[k]).raw(`","id":"`)
	w.out = c.AppendID(w.out, k, n)
	w.raw(`"`)
}

func (w *writer) end() { w.raw("}") }

// tag writes a meta with a tag.
func (w *writer) tag(system, code string) {
	w.raw(`,"meta":{"tag":[`).bare(system, code, "").raw("]}")
}

func (w *writer) text(s string) *writer {
	w.out = fhir.AppendString(w.out, s)
	return w
}

func (w *writer) number(n int) *writer {
	w.out = strconv.AppendInt(w.out, int64(n), 10)
	return w
}

func (w *writer) boolean(b bool) *writer {
	w.out = strconv.AppendBool(w.out, b)
	return w
}

// degrees writes a coordinate to about a metre.
func (w *writer) degrees(x float64) *writer {
	w.out = strconv.AppendFloat(w.out, x, 'f', 5, 64)
	return w
}

// bare writes a Coding, coding a CodeableConcept of one.
func (w *writer) bare(system, code, display string) *writer {
	w.raw(`{"system":"`).raw(system).raw(`","code":"`).raw(code).raw(`"`)
	if display != "" {
		w.raw(`,"display":`).text(display)
	}
	return w.raw("}")
}

func (w *writer) coding(system, code, display string) *writer {
	return w.raw(`{"coding":[`).bare(system, code, display).raw("]}")
}

func (w *writer) identifier(use, system, value string) *writer {
	return w.raw(`{"use":"`).raw(use).raw(`","system":"`).raw(system).raw(`","value":"`).raw(value).raw(`"}`)
}

func (w *writer) telecom(system, value, use string) *writer {
	return w.raw(`{"system":"`).raw(system).raw(`","value":"`).raw(value).raw(`","use":"`).raw(use).raw(`"}`)
}

// reference writes a Reference to the nth resource of a kind.
func (w *writer) reference(c *Country, k Kind, n int) *writer {
	w.raw(`{"reference":"`).raw(typeOf[k]).raw("/")
	w.out = c.AppendID(w.out, k, n)
	return w.raw(`"}`)
}

// address writes the address of something in an area.
func (w *writer) address(c *Country, d *dice, area int) {
	town := c.names[c.Above(area, Levels-2)]
	w.raw(`,"address":{"line":["`).number(1 + d.below(400)).raw(` Main Road"],"city":`).text(town)
	w.raw(`,"district":`).text(c.names[c.Above(area, 2)]).raw(`,"state":`).text(c.names[c.Above(area, 1)])
	w.raw(`,"postalCode":"`).raw(strconv.Itoa(100_000 + c.Above(area, Levels-2))[1:]).raw(`","country":`).text(c.names[0]).raw("}")
}
