package workers

import (
	"maps"
	"slices"
	"strings"

	"masjala/importers"
)

// valueCount is the values of a coded column, by key.
type valueCount map[string]*value

// value is one value in all its spellings that have one key.
type value struct {
	text      string // the first spelling
	rows, row int    // how many rows have it; the first of them
}

func (c valueCount) add(text string, row int) {
	key := importers.Key(text)
	switch v := c[key]; {
	case key == "":
	case v != nil:
		v.rows++
	default:
		c[key] = &value{text: text, rows: 1, row: row}
	}
}

// rows counts the rows of each value.
func (c valueCount) rows() map[string]int {
	out := make(map[string]int, len(c))
	for _, v := range c {
		out[v.text] = v.rows
	}
	return out
}

// judge finds what the values of a column mean among the codes of a value set, and reports each
// that is none of them, once.
func (in *reader) judge(coder *importers.Coder, c *importers.Column, target, valueSet string, values valueCount) {
	if target == "cadre" {
		coder.Synonyms(meaning)
	}
	c.ValueSet = valueSet
	found := map[string]*importers.Coding{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		v := values[key]
		is := in.book.Judge(coder, importers.Value{Column: c.Heading, Target: target, Text: v.text, ValueSet: valueSet, Rows: v.rows, Row: v.row})
		if is.Chosen != nil && is.State != importers.Stale && is.Chosen.Code != importers.NoCode {
			found[key] = is.Chosen
		}
		if is.State != "" {
			in.w.Value(is, target+"-unknown", "it is not in the value set "+valueSet,
				"The text was kept without a code; correct it, or decide which code is meant (masjala import values --kind workers).")
		}
	}
	in.codings[target] = found
}

// cadres are words and abbreviations for one cadre each, in the languages of most lists.
var cadres = synonyms(`
registered nurse|rn|registered general nurse|nursing officer|infirmier diplome d etat|infirmiere diplomee d etat|ide|muuguzi aliyesajiliwa
enrolled nurse|en|nurse enrolled|muuguzi
nurse|infirmier|infirmiere|enfermeiro|enfermeira|enfermero|enfermera
midwife|registered midwife|rm|sage femme|maieuticien|parteira|partera|matrona|mkunga
nurse midwife|nurse and midwife|registered nurse midwife|rnm|infirmier sage femme|enfermeira parteira|muuguzi mkunga
clinical officer|co|afisa tabibu|tabibu
assistant medical officer|amo|afisa tabibu msaidizi
medical officer|mo|medical doctor|md|general practitioner|gp|doctor|physician|medecin|medecin generaliste|medico|daktari
medical specialist|specialist|specialist doctor|medecin specialiste|medico especialista|daktari bingwa
pharmacist|pharmacien|pharmacienne|farmaceutico|farmaceutica|mfamasia
pharmacy technician|pharmaceutical technician|technicien en pharmacie|tecnico de farmacia
laboratory technician|lab technician|lab tech|technicien de laboratoire|tecnico de laboratorio|fundi sanifu maabara
laboratory technologist|lab technologist|biologiste|tecnologo de laboratorio|mteknolojia maabara
community health worker|chw|community health agent|agent de sante communautaire|asc|agente comunitario de saude|agente comunitario de salud|mhudumu wa afya ya jamii
community health officer|cho
environmental health officer|eho|public health officer|pho|afisa afya
nurse assistant|nursing assistant|medical attendant|aide soignant|aide soignante|auxiliar de enfermagem|auxiliar de enfermeria|mhudumu wa afya
dentist|dental surgeon|dental officer|dentiste|dentista|daktari wa meno
`)

// synonyms reads a table of words that mean the same, a line each; the first stands for all.
func synonyms(table string) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		all := strings.Split(line, "|")
		for _, w := range all {
			out[w] = all[0]
		}
	}
	return out
}

// meaning is the cadre that a text names in another language or by an abbreviation, "" for none.
func meaning(text string) string { return cadres[importers.Key(text)] }
