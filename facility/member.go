package facility

import "github.com/tidwall/gjson"

// withMember returns a canonical object with one member replaced, or added at its end.
func withMember(body []byte, name, value string) []byte {
	out := []byte{'{'}
	done := false
	add := func(key, raw string) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(out, key...)
		out = append(out, ':')
		out = append(out, raw...)
	}
	gjson.ParseBytes(body).ForEach(func(k, v gjson.Result) bool {
		if k.Str == name {
			add(k.Raw, value)
			done = true
			return true
		}
		add(k.Raw, v.Raw)
		return true
	})
	if !done {
		add(`"`+name+`"`, value)
	}
	return append(out, '}')
}
