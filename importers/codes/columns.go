package codes

import (
	"masjala/importers"
	"masjala/importers/tabular"
)

// lists is how tables speak of code systems.
var lists = &tabular.Kind{Type: "CodeSystem", Word: "System", Urn: "urn:masjala:codes:", Content: "concept", Needed: columns[:1], Synonyms: map[string][]string{
	"url":   {"system", "code system", "code system url", "systeme", "sistema", "mfumo", "نظام الترميز"},
	"title": {"code system title", "code system name"}, "version": {"code system version"},
}}

// Targets are what the columns of a code list may mean.
var Targets = tabular.Keyed(append([]importers.Target{
	{Name: "code", Title: "the code; system: URL of the code system, valueSet: URL of the value set", Needed: true, Literal: true,
		Synonyms: []string{"code", "id", "key", "codigo", "msimbo", "الرمز", "identifier", "code value", "concept code", "option code"}},
	{Name: "display", Title: "what the code means, for people", Literal: true,
		Synonyms: []string{"display", "name", "label", "title", "term", "description", "nom", "libelle", "nome", "nombre", "jina", "الاسم", "display name", "concept name", "option"}},
	{Name: "definition", Title: "a longer explanation", Synonyms: []string{"definition", "explanation", "comment", "notes", "definicao", "definicion", "maelezo", "التعريف"}},
	{Name: "parent", Title: "code of the broader concept; several parted by ;", Literal: true, Synonyms: []string{"parent", "parent code", "broader", "is a", "group", "category code", "code parent", "codigo pai", "codigo padre", "mzazi"}},
	{Name: "status", Title: "active or inactive", Synonyms: []string{"status", "active", "in use", "statut", "estado", "hali", "الحالة"}},
	tabular.DesignationTarget,
	tabular.PropertyTarget,
}, lists.Targets()...))
