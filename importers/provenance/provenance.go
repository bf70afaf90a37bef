package provenance

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// Type is the resource type.
const Type = "Provenance"

const (
	// ImportSystem is the system of the identifiers of imports, which are the names of their runs.
	ImportSystem = "urn:masjala:import"
	// HashSystem is the system of SHA-256 hashes in hex, which identify the content of files: the
	// object identifier of the algorithm.
	HashSystem = "urn:oid:2.16.840.1.101.3.4.2.1"
	// ActorSystem is the system of the names of those who change data: of tokens, and of what the
	// program does by itself.
	ActorSystem = "urn:masjala:actor"

	sheetExtension = "urn:masjala:extension:sheet"
	rowExtension   = "urn:masjala:extension:row"

	absentExtension = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
	operations      = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
	participants    = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
)

// idPrefix begins the ids, so that they are none that a store gives.
const idPrefix = "version-"

// ID returns the id of the Provenance of a version.
func ID(v *store.Version) string { return idPrefix + strconv.FormatInt(v.Seq, 10) }

// seqOf reads an id; 0 for one that no version has.
func seqOf(id string) int64 {
	digits, ok := strings.CutPrefix(id, idPrefix)
	seq, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || seq < 1 || strconv.FormatInt(seq, 10) != digits {
		return 0
	}
	return seq
}

// What a Provenance has of R4.
type (
	content struct {
		Target   []fhir.Reference       `json:"target"`
		Recorded string                 `json:"recorded"`
		Reason   []fhir.CodeableConcept `json:"reason,omitempty"`
		Activity fhir.CodeableConcept   `json:"activity"`
		Agent    []agent                `json:"agent"`
		Entity   []entity               `json:"entity,omitempty"`
	}
	agent struct {
		Type *fhir.CodeableConcept `json:"type,omitempty"`
		Who  who                   `json:"who"`
	}
	who struct {
		Extension []fhir.Extension `json:"extension,omitempty"`
		fhir.Reference
	}
	entity struct {
		Extension []fhir.Extension `json:"extension,omitempty"`
		Role      string           `json:"role"`
		What      fhir.Reference   `json:"what"`
	}
)

// write makes the Provenance of a version; shown says that the reader may know who it was and why.
func write(v *store.Version, from *importers.Origin, shown bool) (*fhir.Resource, error) {
	r := v.Resource
	c := content{
		Target: []fhir.Reference{{Reference: versioned(r, r.Version)}}, Recorded: r.Updated.UTC().Format(fhir.Instant),
		Activity: activity(v), Agent: []agent{actor(v.Cause.Actor, shown)}, Entity: entities(r, from),
	}
	if v.Erased {
		c.Target[0].Display = "erased"
	}
	why := v.Cause.Reason
	if from != nil {
		why = from.Why
		if from.Undone {
			c.Activity.Text = text("undoing of import " + from.Run.Run)
		}
	}
	if why = text(why); shown && why != "" {
		c.Reason = []fhir.CodeableConcept{{Text: why}}
	}
	made, err := fhir.Build(Type, ID(v), nil, c)
	if err != nil {
		return nil, fmt.Errorf("tell where version %d of %s comes from: %w", r.Version, r.Ref(), err)
	}
	made.Updated = r.Updated
	made.Meta = append(fhir.AppendInstant([]byte(`{"lastUpdated":"`), r.Updated), `"}`...)
	return made, nil
}

// versioned is the reference to a version of a resource.
func versioned(r *fhir.Resource, version int64) string {
	return r.Ref() + "/_history/" + strconv.FormatInt(version, 10)
}

// activity says what the version did.
func activity(v *store.Version) fhir.CodeableConcept {
	done := fhir.Coding{System: operations, Code: "UPDATE", Display: "revise"}
	switch {
	case v.Resource.Deleted:
		done.Code, done.Display = "DELETE", "delete"
	case v.Resource.Version == 1 || v.Anew:
		done.Code, done.Display = "CREATE", "create"
	}
	return fhir.CodeableConcept{Coding: []fhir.Coding{done}}
}

// actor says who did it. What the program did by itself following another directory is told to
// everybody: that is no person.
func actor(name string, shown bool) agent {
	a := agent{}
	role := fhir.Coding{System: participants, Code: "enterer", Display: "Enterer"}
	if strings.HasPrefix(name, "sync:") {
		role.Code, role.Display = "assembler", "Assembler"
		shown = true
	}
	a.Type = &fhir.CodeableConcept{Coding: []fhir.Coding{role}}
	switch name = text(name); {
	case name == "":
		a.Who.Extension = absent("unknown")
	case !shown:
		a.Who.Extension = absent("masked")
	default:
		a.Who.Identifier = &fhir.Identifier{System: ActorSystem, Value: name}
		a.Who.Display = name
	}
	return a
}

func absent(why string) []fhir.Extension {
	return []fhir.Extension{{URL: absentExtension, ValueCode: why}}
}

// entities says what the version was made of.
func entities(r *fhir.Resource, from *importers.Origin) []entity {
	if from == nil {
		return nil
	}
	run := from.Run
	name := text("import " + run.Run + " of " + run.File)
	if !from.Undone {
		return []entity{file(from), {Role: "derivation", What: fhir.Reference{
			Identifier: &fhir.Identifier{System: ImportSystem, Value: run.Run}, Display: name,
		}}}
	}
	list := []entity{{Role: "removal", What: fhir.Reference{Reference: versioned(r, r.Version-1), Display: name}}}
	if from.As > 0 {
		list = append(list, entity{Role: "quotation", What: fhir.Reference{Reference: versioned(r, from.As)}})
	}
	return list
}

// file names the list that a version was made of, by its content, and the row of it.
func file(from *importers.Origin) entity {
	e := entity{Role: "source", What: fhir.Reference{Display: cmp.Or(text(from.Run.File), "list")}}
	if from.Run.Hash != "" {
		e.What.Identifier = &fhir.Identifier{System: HashSystem, Value: from.Run.Hash}
	}
	if sheet := text(from.Run.Sheet); sheet != "" && from.Run.Sheet != from.Run.File { // a file of text has one table, named as the file
		e.What.Display += ", sheet " + sheet
		e.Extension = append(e.Extension, fhir.Extension{URL: sheetExtension, ValueString: sheet})
	}
	if row := from.Row; row > 0 {
		e.What.Display += ", row " + strconv.Itoa(row)
		e.Extension = append(e.Extension, fhir.Extension{URL: rowExtension, ValueInteger: &row})
	}
	return e
}

// text is what people wrote, as a string of FHIR: one line, without control characters and outer blanks.
func text(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), func(c rune) bool { return c <= ' ' || c == 0x7f }), " ")
}
