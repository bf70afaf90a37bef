package valuesets

import (
	"masjala/importers"
	"masjala/importers/tabular"
)

// headSynonyms are what columns are called that name the value set.
var headSynonyms = map[string][]string{
	"url":     {"value set", "valueset", "value set canonical", "valueset url"},
	"title":   {"value set title", "value set name", "list", "list name", "nom de la liste", "liste", "jeu de valeurs", "lista", "conjunto de valores", "orodha", "jina la orodha", "القائمة", "اسم القائمة"},
	"version": {"valueset version"},
}

// definitions and expansions are how tables speak of value sets.
var (
	definitions = &tabular.Kind{Type: "ValueSet", Word: "Value set", Urn: "urn:masjala:valuesets:", Content: "compose", Synonyms: headSynonyms, Needed: []string{"System"}}
	expansions  = &tabular.Kind{Type: "ValueSet", Word: "Value set", Urn: "urn:masjala:valuesets:", Content: "expansion", Synonyms: headSynonyms, Needed: []string{"Code"}}
)

// coded are the columns of a code, which both kinds of table have.
var coded = []importers.Target{
	{Name: "system", Title: "the code system of the code: its URL", Literal: true,
		Synonyms: []string{"system", "code system", "system url", "code system url", "systeme", "systeme de codage", "sistema", "sistema de codigos", "mfumo", "mfumo wa misimbo", "نظام الترميز"}},
	{Name: "systemVersion", Title: "its version, when only one is meant", Literal: true,
		Synonyms: []string{"system version", "code system version", "version", "version du systeme", "versao do sistema", "version del sistema", "toleo", "الإصدار"}},
	{Name: "code", Title: "the code; system: URL of the code system where no column says it", Literal: true,
		Synonyms: []string{"code", "concept code", "codigo", "msimbo", "الرمز"}},
	{Name: "display", Title: "the text for people, where the list has one of its own", Literal: true,
		Synonyms: []string{"display", "display override", "label", "term", "description", "concept name", "libelle", "nom", "nome", "nombre", "designacao", "jina", "maelezo", "الاسم", "الوصف"}},
	tabular.DesignationTarget,
}

// Targets are what the columns of value-set definitions may mean.
var Targets = tabular.Keyed(append(append([]importers.Target{
	{Name: "use", Title: "include or exclude; empty: include",
		Synonyms: []string{"include or exclude", "include", "include exclude", "inclusion", "inclure ou exclure", "incluir ou excluir", "incluir o excluir", "incluir", "jumuisha au ondoa", "jumuisha", "تضمين أو استبعاد"}},
	{Name: "part", Title: "rows of one part are met together: several filters", Literal: true, Synonyms: []string{"part", "component", "partie", "parte", "sehemu", "الجزء"}},
	{Name: "filter", Title: "a filter: the property", Literal: true, Synonyms: []string{"filter property", "property", "propriete", "propriedade", "propiedad", "sifa", "الخاصية"}},
	{Name: "op", Title: "a filter: =, is-a, descendent-of, is-not-a, regex, in, not-in, generalizes or exists", Literal: true,
		Synonyms: []string{"filter op", "op", "operator", "operation", "operateur", "operador", "kiendeshi", "المعامل"}},
	{Name: "value", Title: "a filter: the value", Literal: true, Synonyms: []string{"filter value", "value", "valeur", "valor", "thamani", "القيمة"}},
	{Name: "valueSets", Title: "canonical URLs of value sets that have the codes, parted by blanks", Literal: true,
		Synonyms: []string{"included value sets", "import value sets", "from value set", "jeux de valeurs inclus", "conjuntos de valores incluidos", "seti zilizojumuishwa"}},
}, coded...), definitions.Targets()...))

// ExpansionTargets are what the columns of frozen expansions may mean.
var ExpansionTargets = tabular.Keyed(append(append([]importers.Target{
	{Name: "level", Title: "1 for entries at the top, 2 for those below the one before, and so on", Synonyms: []string{"level", "depth", "niveau", "nivel", "kiwango", "المستوى"}},
	{Name: "abstract", Title: "yes for an entry that cannot be chosen", Synonyms: []string{"abstract", "heading", "abstrait", "abstrato", "abstracto", "dhahania", "مجرد"}},
	{Name: "inactive", Title: "yes for a code that is not in use any more", Synonyms: []string{"inactive", "retired", "inactif", "inativo", "inactivo", "haitumiki", "غير نشط"}},
}, coded...), expansions.Targets()...))
