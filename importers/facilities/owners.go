package facilities

import (
	"unicode/utf8"

	"masjala/facility/match"
	"masjala/importers"
)

// abbreviated is how many letters a word has at most that may mean an owner as well as a type of
// facility: PS, CHC.
const abbreviated = 4

// markTypes marks the values of a column of owners that are types of facilities: words for them in any
// language, and what the column of types has in many more rows.
func (l *codeList) markTypes(types *codeList) {
	if l == nil {
		return
	}
	all := 0
	for _, n := range l.rows() {
		all += n
	}
	for key, v := range l.values {
		kind := match.Meaning(commonest(v.spellings))
		v.stranger = kind != "" && kind != "office" && utf8.RuneCountInString(key) > abbreviated
		if t := types.of(key); t != nil {
			rows := oftener * l.value(v).Rows
			v.stranger = v.stranger || types.value(t).Rows >= rows && all >= rows
		}
	}
}

// reportType reports a type of facility among the owners.
func (w *settling) reportType(is importers.Value) {
	is.State = importers.Doubtful
	w.Value(is, "owner-is-type", "this is a type of facility, not an owner",
		"Kept as text; move it into the column of types and write the owner here, or decide which code is meant (masjala import values).")
}
