package grid

import (
	"encoding/json"
	"errors"
	"io"
	"iter"

	"masjala/fhir"
)

// maxElement is how many bytes one element of a list in JSON may have: a detailed boundary.
const maxElement = 32 << 20

// errJSON is for JSON that ends too early or is none.
var errJSON = fhir.Errorf(fhir.Invalid, "it is JSON that is damaged or incomplete; ask the sender for it again")

// Element is one element of a list in a JSON object, or a text that is a member of it.
type Element struct {
	Name string          // of the member
	Text string          // value of a member that is a text
	JSON json.RawMessage // element of a member that is a list; else nil
}

// Elements streams the lists and texts of a JSON object in the order of the file. It ends with
// an error of the kind Invalid when the JSON is damaged, TooLarge when an element is too large.
func Elements(r io.Reader) iter.Seq2[Element, error] {
	return func(yield func(Element, error) bool) {
		guard := &Guard{In: r, Limit: maxElement}
		dec := json.NewDecoder(guard)
		err := object(dec, guard, func(e Element) bool { return yield(e, nil) })
		if err != nil && !errors.Is(err, errStopped) {
			yield(Element{}, failed(err))
		}
	}
}

// errStopped tells that nobody wants the rest.
var errStopped = errors.New("stopped")

// object reads an object, member by member.
func object(dec *json.Decoder, guard *Guard, yield func(Element) bool) error {
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errJSON, err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		guard.Reset()
		if err := member(dec, guard, name.(string), yield); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// member reads one member of the object.
func member(dec *json.Decoder, guard *Guard, name string, yield func(Element) bool) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if text, ok := t.(string); ok && !yield(Element{Name: name, Text: text}) {
		return errStopped
	}
	switch t {
	case json.Delim('{'):
		return skip(dec, guard)
	case json.Delim('['):
		for dec.More() {
			guard.Reset()
			var element json.RawMessage
			if err := dec.Decode(&element); err != nil {
				return err
			}
			if !yield(Element{Name: name, JSON: element}) {
				return errStopped
			}
		}
		_, err = dec.Token()
	}
	return err
}

// skip passes over the rest of an object.
func skip(dec *json.Decoder, guard *Guard) error {
	for depth := 1; depth > 0; {
		guard.Reset()
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// failed turns an error of reading into one that may be shown.
func failed(err error) error {
	if e, ours := errors.AsType[*fhir.Error](err); ours {
		return e
	}
	return errJSON
}
