package maps

import (
	"masjala/importers"
	"masjala/importers/tabular"
)

// pairs is how tables speak of concept maps.
var pairs = &tabular.Kind{Type: "ConceptMap", Word: "Map", Urn: "urn:masjala:maps:", Content: "group", Needed: []string{columns[inSource]}, Synonyms: map[string][]string{
	"url":   {"map", "concept map", "concept map url", "map canonical"},
	"title": {"concept map title", "mapping", "correspondance", "table de correspondance", "correspondencia", "mapeamento", "mapeo", "ramani", "ulinganisho", "الخريطة"},
}}

// Targets are what the columns of pairs may mean.
var Targets = tabular.Keyed(append([]importers.Target{
	{Name: "source", Title: "the code that is mapped; system: URL of its code system where no column says it", Needed: true, Literal: true,
		Synonyms: []string{"source code", "source", "from", "from code", "local code", "old code", "code source", "code local", "codigo de origem", "codigo de origen", "codigo origem", "codigo origen", "origem", "origen", "msimbo wa chanzo", "chanzo", "الرمز المصدر", "رمز المصدر"}},
	{Name: "sourceDisplay", Title: "its text", Literal: true,
		Synonyms: []string{"source display", "source name", "source term", "source description", "local name", "libelle source", "nom source", "nome de origem", "nombre de origen", "jina la chanzo", "اسم المصدر"}},
	{Name: "sourceSystem", Title: "its code system: the URL", Literal: true,
		Synonyms: []string{"source system", "source code system", "from system", "systeme source", "sistema de origem", "sistema de origen", "mfumo wa chanzo", "نظام المصدر"}},
	{Name: "sourceVersion", Title: "the version of that", Literal: true, Synonyms: []string{"source system version", "source version", "version source", "versao de origem", "version de origen", "toleo la chanzo", "إصدار المصدر"}},
	{Name: "target", Title: "its counterpart; system: URL of its code system where no column says it", Literal: true,
		Synonyms: []string{"target code", "target", "to", "to code", "mapped code", "new code", "standard code", "code cible", "cible", "codigo de destino", "codigo destino", "destino", "msimbo lengwa", "lengwa", "الرمز الهدف", "رمز الهدف"}},
	{Name: "targetDisplay", Title: "the text of the counterpart", Literal: true,
		Synonyms: []string{"target display", "target name", "target term", "target description", "mapped name", "libelle cible", "nom cible", "nome de destino", "nombre de destino", "jina lengwa", "اسم الهدف"}},
	{Name: "targetSystem", Title: "the code system of the counterpart: the URL", Literal: true,
		Synonyms: []string{"target system", "target code system", "to system", "systeme cible", "sistema de destino", "mfumo lengwa", "نظام الهدف"}},
	{Name: "targetVersion", Title: "the version of that", Literal: true, Synonyms: []string{"target system version", "target version", "version cible", "versao de destino", "version de destino", "toleo lengwa", "إصدار الهدف"}},
	{Name: "equivalence", Title: "how close the counterpart is: equivalent, equal, wider, narrower, inexact, unmatched, …",
		Synonyms: []string{"equivalence", "relationship", "relation", "match", "match type", "correlation", "equivalencia", "relacao", "relacion", "usawa", "uhusiano", "التكافؤ", "العلاقة"}},
	{Name: "comment", Title: "a remark", Synonyms: []string{"comment", "comments", "remark", "note", "notes", "commentaire", "comentario", "maoni", "تعليق", "ملاحظة"}},
	{Name: "part", Title: "rows of one part make one group", Literal: true, Synonyms: []string{"part", "group", "groupe", "grupo", "parte", "kundi", "sehemu", "المجموعة"}},
	{Name: "unmapped", Title: "a row for the codes that no other row names: provided, fixed (to the target of the row) or other-map",
		Synonyms: []string{"unmapped", "unmapped mode", "non mappe", "nao mapeado", "no mapeado", "isiyolinganishwa", "غير مربوط"}},
	{Name: "otherMap", Title: "the URL of the other map", Literal: true, Synonyms: []string{"unmapped url", "other map", "unmapped map", "autre carte", "outro mapa", "otro mapa", "ramani nyingine"}},
}, pairs.Targets()...))

// The columns of exported maps, by position.
const (
	inPart = iota
	inSourceSystem
	inSourceVersion
	inSource
	inSourceDisplay
	inTargetSystem
	inTargetVersion
	inTarget
	inTargetDisplay
	inEquivalence
	inComment
	inUnmapped
	inOtherMap
)

var columns = []string{"Part", "Source system", "Source system version", "Source code", "Source display", "Target system", "Target system version", "Target code", "Target display",
	"Equivalence", "Comment", "Unmapped", "Unmapped URL"}
