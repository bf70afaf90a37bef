package rf2_test

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/rf2"
)

// Identifiers of the model component.
const (
	core      = 900000000000207008
	primitive = 900000000000074008
	defined   = 900000000000073002
	fsn       = 900000000000003001
	synonym   = 900000000000013009
	textual   = 900000000000550004
	isA       = 116680003
	inferred  = 900000000000011006
	stated    = 900000000000010007
	some      = 900000000000451002
	yes       = 900000000000548007 // preferred
	maybe     = 900000000000549004 // acceptable
	american  = 900000000000509007
	british   = 900000000000508004
	replaced  = 900000000000526001
)

// id makes an identifier with a check digit: of a concept, description or relationship.
func id(item int, partition string) int {
	for digit := range 10 {
		var n int
		fmt.Sscan(fmt.Sprintf("%d%s%d", item, partition, digit), &n)
		if rf2.Checks(uint64(n)) {
			return n
		}
	}
	panic("no digit fits")
}

// Concepts of the small release.
var (
	root    = id(1001, "00")
	finding = id(1002, "00")
	rash    = id(1003, "00")
	skin    = id(1004, "00")
	site    = id(1005, "00")
	dose    = id(1006, "00")
	old     = id(1007, "00")
	urgent  = id(1008, "00") // a simple reference set
	codes   = id(1009, "00") // a simple map
	oedema  = id(1010, "00")
)

// files is a release: the lines of each file, the columns parted by |, those of a
// component before its own by *.
type files map[string][]string

// columns of the files.
const (
	conceptColumns      = "*|definitionStatusId"
	descriptionColumns  = "*|conceptId|languageCode|typeId|term|caseSignificanceId"
	relationshipColumns = "*|sourceId|destinationId|relationshipGroup|typeId|characteristicTypeId|modifierId"
	valueColumns        = "*|sourceId|value|relationshipGroup|typeId|characteristicTypeId|modifierId"
	memberColumns       = "*|refsetId|referencedComponentId"
)

// line fills the placeholders of a line.
func line(number int, text string, args ...any) string {
	return strings.Replace(fmt.Sprintf(text, args...), "*", fmt.Sprintf("%d|20260101|1|%d", number, core), 1)
}

// small is a release of ten concepts.
func small() files {
	f := files{}
	put := func(name string, number int, text string, args ...any) {
		f[name] = append(f[name], line(number, text, args...))
	}
	for i, c := range []int{root, finding, rash, skin, site, dose, urgent, codes, oedema} {
		status := primitive
		if c == rash {
			status = defined
		}
		put(concepts, c, "*|%d", status)
		put(descriptions, id(2000+i, "01"), "*|%d|en|%d|Concept %d (thing)|1", c, fsn, i)
		put(descriptions, id(2100+i, "01"), "*|%d|en|%d|Concept %d|1", c, synonym, i)
		if c != oedema {
			for _, dialect := range []int{american, british} {
				put(languages, 1, "*|%d|%d|%d", dialect, id(2000+i, "01"), yes)
				put(languages, 1, "*|%d|%d|%d", dialect, id(2100+i, "01"), yes)
			}
		}
		if c != root {
			put(relationships, id(3000+i, "02"), "*|%d|%d|0|%d|%d|%d", c, root, isA, inferred, some)
		}
	}
	f[concepts] = append(f[concepts], fmt.Sprintf("%d|20250701|0|%d|%d", old, core, primitive))
	put(descriptions, id(2200, "01"), "*|%d|en|%d|Old rash|1", old, synonym)
	put(descriptions, id(2201, "01"), "*|%d|en|%d|Eruption \"red\"|1", rash, synonym)
	put(languages, 1, "*|%d|%d|%d", american, id(2201, "01"), maybe)
	put(languages, 1, "*|%d|%d|%d", british, id(2201, "01"), maybe)
	put(descriptions, id(2202, "01"), "*|%d|fr|%d|Éruption|1", rash, synonym)
	put(descriptions, id(2203, "01"), "*|%d|en|%d|Oedema|1", oedema, synonym)
	put(descriptions, id(2204, "01"), "*|%d|en|%d|Edema|1", oedema, synonym)
	put(languages, 1, "*|%d|%d|%d", british, id(2203, "01"), yes)
	put(languages, 1, "*|%d|%d|%d", american, id(2204, "01"), yes)
	put("Terminology/sct2_TextDefinition_Snapshot-en_INT_20260101.txt", id(2300, "01"), "*|%d|en|%d|A change of the skin.|1", rash, textual)
	put(relationships, id(3100, "02"), "*|%d|%d|0|%d|%d|%d", rash, finding, isA, inferred, some)
	put(relationships, id(3101, "02"), "*|%d|%d|1|%d|%d|%d", rash, skin, site, inferred, some)
	put(relationships, id(3102, "02"), "*|%d|%d|0|%d|%d|%d", rash, root, site, stated, some)
	put("Terminology/sct2_RelationshipConcreteValues_Snapshot_INT_20260101.txt", id(3200, "02"), "*|%d|#2.50|2|%d|%d|%d", rash, dose, inferred, some)
	put("Refset/Content/der2_Refset_SimpleSnapshot_INT_20260101.txt", 1, "*|%d|%d", urgent, rash)
	put("Refset/Content/der2_cRefset_AssociationSnapshot_INT_20260101.txt", 1, "*|%d|%d|%d", replaced, old, rash)
	put("Refset/Map/der2_sRefset_SimpleMapSnapshot_INT_20260101.txt", 1, "*|%d|%d|R21", codes, rash)
	return f
}

// Files of the small release.
const (
	concepts      = "Terminology/sct2_Concept_Snapshot_INT_20260101.txt"
	descriptions  = "Terminology/sct2_Description_Snapshot-en_INT_20260101.txt"
	relationships = "Terminology/sct2_Relationship_Snapshot_INT_20260101.txt"
	languages     = "Refset/Language/der2_cRefset_LanguageSnapshot-en_INT_20260101.txt"
)

// columnsOf tells the first line of a file from its name.
func columnsOf(name string) string {
	for part, columns := range map[string]string{
		"Concept_": conceptColumns, "Description_": descriptionColumns, "TextDefinition_": descriptionColumns,
		"Relationship_": relationshipColumns, "ConcreteValues_": valueColumns, "_Language": memberColumns + "|acceptabilityId",
		"_Simple": memberColumns, "_Association": memberColumns + "|targetComponentId", "sRefset_SimpleMap": memberColumns + "|mapTarget",
		"ModuleDependency": memberColumns + "|sourceEffectiveTime|targetEffectiveTime",
	} {
		if strings.Contains(name, part) && (part != "_Simple" || !strings.Contains(name, "_SimpleMap")) {
			return strings.Replace(columns, "*", "id|effectiveTime|active|moduleId", 1)
		}
	}
	return "id|something|else"
}

// text is a file as it is released.
func (f files) text(name string) string {
	lines := append([]string{columnsOf(name)}, f[name]...)
	return strings.ReplaceAll(strings.Join(lines, "\r\n")+"\r\n", "|", "\t")
}

// folder writes a release into a folder.
func (f files) folder(t *testing.T) string {
	t.Helper()
	texts := map[string]string{}
	for name := range f {
		texts[name] = f.text(name)
	}
	return importtest.Folder(t, texts)
}

// zip writes a release into an archive.
func (f files) zip(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "release.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	for name := range f {
		w, err := z.Create("SnomedCT_Release/Snapshot/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text(name))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func env(t *testing.T) importers.Env {
	t.Helper()
	return importtest.Env(t, "CodeSystem")
}

// run imports a release and returns what is stored.
func run(t *testing.T, req importers.Request) (*fhir.Resource, *importers.Report) {
	t.Helper()
	e := env(t)
	req.Actor = "test"
	r, err := rf2.Run(t.Context(), e, req)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := e.Store.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) != 1 {
		t.Fatalf("%d resources were stored, %v; want the code system; issues %v", len(changes), err, r.Issues)
	}
	return changes[0].Resource, r
}

// conceptIn finds a concept.
func conceptIn(t *testing.T, r *fhir.Resource, code int) gjson.Result {
	t.Helper()
	c := r.Field(fmt.Sprintf(`concept.#(code=="%d")`, code))
	if !c.Exists() {
		t.Fatalf("the concept %d is not in %s", code, r.Body)
	}
	return c
}

// rules counts the issues of a report by their rules.
func rules(r *importers.Report) map[string]int {
	out := map[string]int{}
	for _, g := range r.Issues {
		out[g.Rule] = g.Count
	}
	return out
}
